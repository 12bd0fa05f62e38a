import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './local-stack.js';

const LIST = join('libs', 'psd2-protocol', 'src', 'brands.json');
/** What `npm start` does with the list of brands, without the apps. */
const PREPARATION = `
  import { banner } from './scripts/lib/banner.mjs';
  import { BRANDS, perBrand } from './scripts/lib/brands.mjs';
  import { writeStackFiles } from './scripts/lib/stack-files.mjs';
  import { keepSecrets } from './scripts/lib/stack-secrets.mjs';
  import { assertPortsAreFree, readStackSettings } from './scripts/lib/stack-settings.mjs';
  const [local] = process.argv.slice(1);
  const files = { certFile: '/cert.pem', keyFile: '/key.pem' };
  const certificates = { caFile: '/ca.pem', server: files, clients: perBrand(() => files) };
  const settings = readStackSettings(process.env);
  const secrets = keepSecrets(local);
  const { stack } = writeStackFiles({
    settings, secrets, certificates, databaseUrl: 'postgres://db', local, env: process.env,
  });
  console.log(banner(stack, { local, database: 'db', signIn: 'off' }));
  const ports = perBrand(() => settings.bankPorts.http);
  await assertPortsAreFree({ ...settings, hubPorts: [], bankPorts: { http: ports[BRANDS[0].id], machine: ports } })
    .catch((error) => console.log(error.message));
`;

describe('a local stack whose list of brands has one more', () => {
  const directory = mkdtempSync(join(tmpdir(), 'consent-hub-brands-'));
  const local = join(directory, '.local');
  afterAll(() => rmSync(directory, { recursive: true }));

  const list = JSON.parse(readFileSync(join(ROOT, LIST), 'utf8')) as Record<string, object>;
  const prepareWith = (brands: object, env: NodeJS.ProcessEnv = {}): string => {
    writeFileSync(join(directory, LIST), JSON.stringify(brands));
    const program = ['--input-type=module', '-e', PREPARATION, local];
    return execFileSync(process.execPath, program, { cwd: directory, env, encoding: 'utf8' });
  };
  const written = (name: string): string => readFileSync(join(local, name), 'utf8');
  const secrets = () =>
    JSON.parse(written('secrets.json')) as { bank_clients: Record<string, object>; vault_keys: string };

  let before: ReturnType<typeof secrets>;
  let printed: string;
  beforeAll(() => {
    cpSync(join(ROOT, 'scripts', 'lib'), join(directory, 'scripts', 'lib'), { recursive: true });
    mkdirSync(join(directory, LIST, '..'), { recursive: true });
    mkdirSync(local);
    prepareWith(list);
    before = secrets();
    printed = prepareWith(
      { ...list, addedbrand: { name: 'Added Brand', sandboxPort: 18_499 } },
      { BANK_ADDEDBRAND_API_URL: 'https://elsewhere:1' },
    );
  });

  it('keeps its secrets, and has those of the new brand in addition', () => {
    const { bank_clients: clients, ...others } = secrets();
    const { bank_clients: clientsBefore, ...othersBefore } = before;
    expect(others).toEqual(othersBefore);
    expect(clients).toEqual({ ...clientsBefore, addedbrand: expect.anything() });
    expect(Object.keys(clientsBefore)).toEqual(Object.keys(list));
  });

  it('gives each app the address of the other, and the bank the identity of the hub', () => {
    const { bank } = JSON.parse(written('stack.json')) as { bank: Record<string, { api_url: string }> };
    expect(bank['addedbrand']).toMatchObject({
      api_url: 'https://127.0.0.1:18499',
      redirect_uri: 'http://127.0.0.1:3000/callback/addedbrand',
    });
    expect(written('bank.env')).toContain('SANDBOX_ADDEDBRAND_PORT=18499\n');
    expect(written('hub.env')).toContain('BANK_ADDEDBRAND_TLS_CERT_FILE=/cert.pem\n');
    expect(written('hub.env')).toContain('BANK_ADDEDBRAND_API_URL=https://elsewhere:1\n');
    const clients = JSON.parse(written('sandbox-clients.json')) as { brand: string }[];
    expect(clients.map(({ brand }) => brand)).toEqual([...Object.keys(list), 'addedbrand']);
  });

  it('says where its machine API is, and which of its ports is asked for twice', () => {
    expect(printed).toContain('Added Brand https://127.0.0.1:18499');
    expect(printed).toContain(' and SANDBOX_ADDEDBRAND_PORT: change one of them.');
  });
});
