import { EXAMPLE_BRAND } from '@consent-hub/psd2-protocol';

/** Before each sample of the client library. */
export const CLIENT_SETUP = `import { env } from 'node:process';
import { ConsentHub } from '@consent-hub/client';

const api = new ConsentHub({ url: env.HUB_URL ?? '', apiKey: env.KEY ?? '' });
const id = '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70';`;

/** How the client library makes a call, by the id of the operation; the types of each are checked by a test. */
export const CLIENT_SAMPLES: Readonly<Record<string, string>> = {
  openConsent: `const consent = await api.openConsent(
  {
    scope: 'AIS',
    brand: '${EXAMPLE_BRAND}',
    psu_ref: 'customer-4711',
  },
  { idempotencyKey: 'order-17' },
);
// Send the person to one of the links.
const [link] = consent.consent_uris ?? [];
console.log(consent.id, link?.uri);`,
  exchangePaymentCode: `const consent = await api.exchangePaymentCode({
  brand: '${EXAMPLE_BRAND}',
  psu_ref: 'customer-4711',
  code: 'the code of your callback',
  code_verifier: 'the verifier of your challenge',
  redirect_uri: 'https://app.example.com/callback',
});
console.log(consent.state);`,
  getConsent: `const consent = await api.consent(id);
console.log(consent.state, consent.state_reason);`,
  searchConsents: `const page = await api.searchConsents({
  state: ['failed'],
  count: true,
});
for (const { id, state_reason } of page.items) {
  console.log(id, state_reason);
}
console.log(page.total, page.next_cursor);`,
  listAccounts: `for (const account of await api.accounts(id)) {
  console.log(account.iban, account.logical_id);
}`,
  revokeConsent: `const { state } = await api.revokeConsent(id);
console.log(state);`,
  getAccessToken: `// The token is kept until shortly before its end.
// A 401 of the bank is reported, and the call made again.
const answer = await api.withAccessToken(
  { consentId: id },
  ({ access_token }) =>
    fetch('https://bank.example/accounts', {
      headers: { authorization: \`Bearer \${access_token}\` },
    }),
);
console.log(answer.status);`,
  getAccessTokenOfPerson: `const token = await api.accessToken({
  brand: '${EXAMPLE_BRAND}',
  psuRef: 'customer-4711',
  scope: 'AIS',
});
console.log(token.generation, token.expires_in);`,
  rejectAccessToken: `const refused = await api.accessToken({
  consentId: id,
});
const next = await api.reportRejection(refused);
console.log(next.generation);`,
  getScaToken: `const { sca_token, expires_at } = await api.scaToken(id);
console.log(sca_token.length, expires_at);`,
  prepareScaAuthorization: `const prepared = await api.prepareScaAuthorization(id);
// Redirect-URI of your call of the bank; the state is
// joined to the url of its answer.
console.log(prepared.redirect_uri, prepared.state);`,
  listEvents: `// Waits for the next one, and continues by itself
// after an outage.
const failed = api.events({ types: ['consent.failed'] });
for await (const event of failed) {
  console.log(event.id, event.type);
}`,
};
