import { generateKeyPairSync, randomBytes } from 'node:crypto';
import http from 'node:http';

const TTL_SECONDS = 3600;

/** The accounts of the provider, each with its groups: one for each role of the console, and one that has none. */
export const ACCOUNTS = {
  viewer: ['hub-viewers'],
  operator: ['hub-operators'],
  security: ['hub-security'],
  admin: ['hub-admins'],
  'no-role': [],
};

/** By which variables a hub takes its people from this provider. */
export const consoleVariables = ({ issuer, clientId, clientSecret }) => ({
  CONSOLE_OIDC_ISSUER: issuer,
  CONSOLE_OIDC_CLIENT_ID: clientId,
  CONSOLE_OIDC_CLIENT_SECRET: clientSecret,
  CONSOLE_OIDC_ADMIN_CLAIM: 'groups=hub-admins',
  CONSOLE_OIDC_VIEWER_CLAIM: 'groups=hub-viewers',
  CONSOLE_OIDC_OPERATOR_CLAIM: 'groups=hub-operators',
  CONSOLE_OIDC_SECURITY_CLAIM: 'groups=hub-security',
});

const page = (uid) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Development accounts</title>
<body><main><h1>Development accounts</h1><p>Sign in as one of them. There are no passwords: this provider is for this machine alone.</p>
<form method="post" action="/interaction/${uid}">${Object.keys(ACCOUNTS)
  .map((name) => `<p><button name="account" value="${name}">${name}</button></p>`)
  .join('')}</form></main></body></html>`;

const configurationOf = ({ clientId, clientSecret, redirectUri }) => ({
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
  jwks: { keys: [generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  claims: { openid: ['sub'], profile: ['name', 'groups'] },
  features: { devInteractions: { enabled: false } },
  ttl: Object.fromEntries(
    ['AccessToken', 'Grant', 'IdToken', 'Interaction', 'Session'].map((name) => [name, TTL_SECONDS]),
  ),
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  findAccount: (_ctx, id) =>
    id in ACCOUNTS
      ? {
          accountId: id,
          claims: () => ({
            sub: id,
            name: `${id[0].toUpperCase()}${id.slice(1)} of development`,
            groups: ACCOUNTS[id],
          }),
        }
      : undefined,
  // No question whether the console may read the identity: consent is granted by itself.
  async loadExistingGrant({ oidc: { provider, client, session } }) {
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
});

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

async function interact(provider, request, response, uid) {
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(uid));
    return;
  }
  const accountId = (await bodyOf(request)).get('account');
  await provider.interactionFinished(request, response, { login: { accountId } });
}

/**
 * An identity provider for development and tests: OpenID Connect as real ones speak it, with accounts without passwords.
 *
 * @param options `{ port, clientId, clientSecret, redirectUri }`; it listens on the loopback address
 * @returns `{ issuer, clientId, clientSecret, close() }`
 */
export async function startDevelopmentOidc({ port, ...client }) {
  const { default: Provider } = await import('oidc-provider');
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, configurationOf(client));
  const answer = provider.callback();
  const server = http.createServer((request, response) => {
    const [, uid] = /^\/interaction\/([\w-]+)$/.exec(request.url) ?? [];
    if (uid === undefined) return void answer(request, response);
    interact(provider, request, response, uid).catch((error) => {
      response.writeHead(400, { 'content-type': 'text/plain' }).end(`${error.message}\n`);
    });
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    issuer,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
