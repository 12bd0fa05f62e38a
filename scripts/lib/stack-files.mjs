import path from 'node:path';
import { BRANDS, perBrand } from './brands.mjs';
import { makePrivateDirectory, writePrivateFile } from './private-files.mjs';

/** What only this script reads, what each replica must have of its own, and what is the command line's. */
const NOT_PASSED_ON = new Set([
  ...['HUB_REPLICAS', 'HUB_INSTANCE', 'CONSENT_HUB_LOCAL_DIR'],
  ...['CONSENT_HUB_URL', 'CONSENT_HUB_API_KEY', 'SANDBOX_DATABASE_URL'],
]);

/** The variables of one app that the user set: they win over what we would have chosen. */
const chosenByUser = (env, prefixes) =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) =>
        value !== '' && !NOT_PASSED_ON.has(name) && prefixes.some((prefix) => name.startsWith(prefix)),
    ),
  );

const bankEntry = ({ settings, secrets, certificates }, brand) => ({
  api_url: settings.apiUrls[brand],
  ...secrets.bank_clients[brand],
  redirect_uri: `${settings.publicUrl}/callback/${brand}`,
  tls_cert_file: certificates.clients[brand].certFile,
  tls_key_file: certificates.clients[brand].keyFile,
  tls_ca_file: certificates.caFile,
});

const bankVariables = (brand, bank) =>
  Object.fromEntries(
    ['api_url', 'client_id', 'client_secret', 'tls_cert_file', 'tls_key_file', 'tls_ca_file'].map((field) => [
      `BANK_${brand}_${field}`.toUpperCase(),
      bank[field],
    ]),
  );

/** Where and how a stack is reached: what scripts read from stack.json. */
export const describeStack = (parts) => ({
  hub_url: parts.settings.hubUrls[0],
  hub_urls: parts.settings.hubUrls,
  database_url: parts.databaseUrl,
  spool_dir: parts.env.HUB_SPOOL_DIR || path.join(parts.local, 'spool'),
  api_keys: parts.secrets.api_keys,
  bank: {
    control_url: parts.settings.controlUrl,
    ...perBrand(({ id }) => bankEntry(parts, id)),
  },
});

/** The environment of a hub; without HUB_INSTANCE, whose default distinguishes hubs by their ports. */
export const hubEnvironment = ({ settings, secrets, env, signIn = {} }, stack) => ({
  DATABASE_URL: stack.database_url,
  HUB_HOST: settings.hubHost,
  HUB_PORT: String(settings.hubPorts[0]),
  HUB_PUBLIC_URL: settings.publicUrl,
  HUB_VAULT_KEYS: secrets.vault_keys,
  HUB_SANDBOX_URL: stack.bank.control_url,
  HUB_BRAND_NAME: PROVIDER,
  // Receivers on this machine.
  WEBHOOK_ALLOW_PRIVATE: 'true',
  HUB_SPOOL_DIR: stack.spool_dir,
  ...Object.assign({}, ...BRANDS.map(({ id }) => bankVariables(id, stack.bank[id]))),
  ...signIn,
  ...chosenByUser(env, ['HUB_', 'BANK_', 'REFRESH_', 'CONSENT_', 'CONSOLE_OIDC_', 'WEBHOOK_']),
});

export const bankEnvironment = ({ settings, certificates, env, local, bankDatabaseUrl }, stack) => ({
  DATABASE_URL: bankDatabaseUrl ?? stack.database_url,
  SANDBOX_HOST: settings.bankHost,
  ...Object.fromEntries(
    BRANDS.map(({ id, portVariable }) => [portVariable, String(settings.bankPorts.machine[id])]),
  ),
  SANDBOX_HTTP_PORT: String(settings.bankPorts.http),
  SANDBOX_TLS_CERT_FILE: certificates.server.certFile,
  SANDBOX_TLS_KEY_FILE: certificates.server.keyFile,
  SANDBOX_TLS_CA_FILE: certificates.caFile,
  SANDBOX_CLIENTS_FILE: path.join(local, 'sandbox-clients.json'),
  ...chosenByUser(env, ['SANDBOX_']),
});

/** What the command line works with: the hub, as its admin. */
const cliEnvironment = (stack) => ({
  CONSENT_HUB_URL: stack.hub_url,
  CONSENT_HUB_API_KEY: stack.api_keys.admin,
});

/** The name under which people meet the provider of a local stack, unless HUB_BRAND_NAME says another one. */
const PROVIDER = 'Kompas';

/** The TPPs that the sandbox bank knows: the hub, at each brand. */
const sandboxClients = (stack, name) =>
  BRANDS.map(({ id: brand }) => {
    const { client_id, client_secret, tls_cert_file, redirect_uri } = stack.bank[brand];
    return { brand, client_id, client_secret, name, tls_cert_file, redirect_uris: [redirect_uri] };
  });

/** Quoted where the reader of `node --env-file` would cut a value at `#` or a blank. */
const envFile = (values) =>
  Object.entries(values)
    .map(([name, value]) => {
      if (/^[\w@%+=:,./-]*$/.test(value)) return `${name}=${value}\n`;
      const quote = ["'", '`', '"'].find((mark) => !value.includes(mark)) ?? "'";
      return `${name}=${quote}${value}${quote}\n`;
    })
    .join('');

/**
 * Writes the files by which scripts and people reach a stack, and run more of it by hand.
 *
 * @param parts `{ settings, secrets, certificates, databaseUrl, bankDatabaseUrl, local, env, signIn }`; the bank shares the hub's
 *   user where it has none of its own; `signIn` are variables of the console, where an identity provider was started
 * @returns the stack, and the environment of each app
 */
export function writeStackFiles(parts) {
  const stack = describeStack(parts);
  const environments = { hub: hubEnvironment(parts, stack), bank: bankEnvironment(parts, stack) };
  const write = (name, text) => writePrivateFile(path.join(parts.local, name), text);
  const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
  makePrivateDirectory(stack.spool_dir);
  write('sandbox-clients.json', json(sandboxClients(stack, environments.hub.HUB_BRAND_NAME)));
  write('hub.env', envFile(environments.hub));
  write('bank.env', envFile(environments.bank));
  write('cli.env', envFile(cliEnvironment(stack)));
  write('stack.json', json(stack));
  return { stack, environments };
}
