import { BRANDS } from './brands.mjs';
import { Failure } from './failure.mjs';

const [OURS, OTHER] = BRANDS.map(({ id }) => id);
/** Who has consents, in this order: the same names on every image. */
const PEOPLE = ['customer-1001', 'customer-1002', 'customer-1003', 'customer-1004', 'customer-1005'];

/** The stack as its users meet it: the API of the hub, and the control of the sandbox bank. */
class StackUser {
  constructor({ hub_url: hub, bank: { control_url: sandbox }, api_keys: keys }) {
    Object.assign(this, { hub, sandbox, keys });
  }

  async call(method, path, body, key = this.keys.platform) {
    return this.send(this.hub + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  control(method, path, body) {
    return this.send(`${this.sandbox}/sandbox/${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  }

  async send(url, init) {
    const answer = await fetch(url, init);
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
  }

  async open(consent) {
    const { status, body } = await this.call('POST', '/v1/consents', {
      ...{ scope: 'AIS', brand: OURS, language: 'nl' },
      ...consent,
    });
    if (status !== 201) throw new Failure(`The hub answered ${status}: ${JSON.stringify(body)}`);
    return { id: body.id, link: body.consent_uris[0].uri };
  }

  /** Plays the person at the bank. @returns the address of the callback, visited */
  async decide({ link }, decision = 'approve', psu) {
    const { body } = await this.control('POST', 'authorizations', { consent_uri: link, decision, psu });
    await fetch(body.redirect_to);
    return body.redirect_to;
  }

  async live(consent, psu) {
    const opened = await this.open(consent);
    return { ...opened, returned: await this.decide(opened, 'approve', psu) };
  }
}

const refresh = (user, { id }) => user.call('POST', `/v1/consents/${id}/refresh`);

/**
 * Makes what the images show, by the API and the sandbox bank: live consents at both brands, one that was refused, one that is
 * revoked, and one whose pair was lost by a fault of the bank.
 *
 * @returns addresses and ids for the pages
 */
export async function fillStack(stack) {
  const user = new StackUser(stack);
  const purpose = 'Keep your budget of the month';
  const [first, second, third, fourth, fifth] = PEOPLE;
  const shown = await user.live({ psu_ref: first, purpose }, 'jan-peeters');
  await user.live({ psu_ref: first, brand: OTHER, purpose }, 'lotte-claes');
  await user.live({ psu_ref: first, scope: 'CAF', iban: 'BE34063590221490', purpose }, 'sophie-lambert');
  for (let times = 0; times < 3; times++) await refresh(user, shown);
  await user.live({ psu_ref: second, brand: OTHER }, 'nicolas-fontaine');
  await user.decide(await user.open({ psu_ref: third }), 'refuse', 'els-janssens');
  const revoked = await user.live({ psu_ref: fourth }, 'an-vermeulen');
  await user.call('POST', `/v1/consents/${revoked.id}/revoke`);
  const lost = await user.live({ psu_ref: fifth }, 'els-janssens');
  await user.control('PUT', 'faults', { name: 'rotate_then_500', brand: OURS, times: 1 });
  await refresh(user, lost);
  await user.control('PUT', 'faults', { name: 'slow', delay_ms: 800, times: 3 });
  const waiting = await user.open({ psu_ref: second });
  const session = await user.call('POST', '/v1/psu-sessions', { psu_ref: first, language: 'en' });
  return {
    ...{ hub: user.hub, sandbox: user.sandbox, lost: lost.id },
    ...{ link: waiting.link, returned: shown.returned, person: session.body.url },
  };
}
