import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueClientCertificate } from '@consent-hub/eidas';
import { ForeignSchemaError } from '@consent-hub/platform';
import { createTestDatabase } from '@consent-hub/testing';
import { startBankUnderTest, type BankUnderTest } from '../../../test/support/bank-under-test.js';
import { TestTpp } from '../../../test/support/test-tpp.js';
import { bootFailureText, startSandboxBank } from './bootstrap.js';

const failure = async (env: NodeJS.ProcessEnv): Promise<unknown> => {
  try {
    await (await startSandboxBank(env)).close();
  } catch (error) {
    return error;
  }
  throw new Error('The bank started');
};

describe('a start of the sandbox bank', () => {
  let bank: BankUnderTest;
  let tpp: TestTpp;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sandbox-bank-start-'));
    bank = await startBankUnderTest();
    tpp = new TestTpp(bank, bank.clients.belfius);
  }, 60_000);
  afterAll(async () => {
    await bank.close();
    await rm(directory, { recursive: true });
  });

  const clientsFile = async (content: string): Promise<string> => {
    const file = join(directory, 'clients.json');
    await writeFile(file, content);
    return file;
  };
  const entry = (changes: Record<string, unknown>) =>
    JSON.stringify([
      {
        brand: 'belfius',
        client_id: 'l7',
        client_secret: 'hush-hush',
        tls_cert_file: bank.env['SANDBOX_TLS_CERT_FILE'],
        redirect_uris: ['https://tpp.example/cb'],
        ...changes,
      },
    ]);

  it('finds the data of an earlier start: consents, tokens, customers', async () => {
    const { refresh_token: token } = await tpp.firstPair();
    const again = await startSandboxBank(bank.env);
    try {
      expect((await tpp.send(tpp.call('refresh', { token }), again)).status).toBe(200);
    } finally {
      await again.close();
    }
  });

  it('reads the clients file again, and the tokens of its clients stay valid', async () => {
    const { refresh_token: token } = await tpp.firstPair();
    const { certificate } = bank.clients.belfius;
    await writeFile(join(directory, 'tpp.pem'), certificate.certificate);
    const changed = entry({ client_id: tpp.client.id, client_secret: 'changed', tls_cert_file: 'tpp.pem' });
    const again = await startSandboxBank({ ...bank.env, SANDBOX_CLIENTS_FILE: await clientsFile(changed) });
    try {
      const old = await tpp.send(tpp.call('refresh', { token }), again);
      expect([old.status, JSON.parse(old.text)]).toMatchObject([401, { error_code: 'GEN-1203-100009' }]);
      const now = new TestTpp(bank, { ...tpp.client, secret: 'changed' });
      expect((await tpp.send(now.call('refresh', { token }), again)).status).toBe(200);
    } finally {
      await again.close();
    }
    await (await startSandboxBank(bank.env)).close();
  });

  it('reads the roles of a certificate that names its authority by PrintableString, and serves it', async () => {
    const certificate = await issueClientCertificate(bank.authority, {
      commonName: 'Printable TPP',
      roles: ['PSP_AI'],
      textType: 'printableString',
      notBefore: new Date(Date.now() - 3_600_000),
      notAfter: new Date(Date.now() + 3_600_000),
    });
    await writeFile(join(directory, 'printable.pem'), certificate.certificate);
    const client = { ...tpp.client, id: 'l7printable', secret: 'hush-hush', certificate };
    const content = entry({ client_id: client.id, tls_cert_file: 'printable.pem' });
    const env = { ...bank.env, SANDBOX_CLIENTS_FILE: await clientsFile(content) };
    const again = await startSandboxBank(env);
    try {
      const refused = await bank.send(new TestTpp(bank, client).call('refresh', { token: 'unknown' }), again);
      // Its certificate and its secret were taken: what is wrong is the token alone.
      expect(JSON.parse(refused.text)).toMatchObject({ error_code: 'GEN-1203-100004' });
    } finally {
      await again.close();
    }
  });

  it('registers the other clients when some cannot be, and names those in the log', async () => {
    await writeFile(join(directory, 'good.pem'), tpp.client.certificate.certificate);
    const { refresh_token: token } = await tpp.firstPair();
    const { id: client_id, secret: client_secret } = tpp.client;
    const good = JSON.parse(entry({ client_id, client_secret, tls_cert_file: 'good.pem' })) as object[];
    const bad = [
      { client_id: 'l7expelled', tls_cert_file: 'clients.json' },
      { client_id: 'l7homeless', redirect_uris: [] },
    ];
    const entries = [...bad.flatMap((changes) => JSON.parse(entry(changes)) as object[]), 7, ...good];
    const log: string[] = [];
    const env = {
      ...bank.env,
      SANDBOX_CLIENTS_FILE: await clientsFile(JSON.stringify(entries)),
      SANDBOX_LOG_LEVEL: 'error',
    };
    const again = await startSandboxBank(env, { logDestination: { write: (line) => void log.push(line) } });
    try {
      expect((await tpp.send(tpp.call('refresh', { token }), again)).status).toBe(200);
    } finally {
      await again.close();
    }
    await (await startSandboxBank(bank.env)).close();
    expect(log).toHaveLength(3);
    expect(log.join('')).toMatch(
      /clients\.json of l7expelled[^]*l7homeless, has no good redirect_uris[^]*entry 2 is not an object/,
    );
    expect(log.join('')).not.toContain('hush-hush');
  });

  it.each([
    ['is no JSON', '{"client_secret": "hush-hush"', 'it is not JSON'],
    ['is no list', '{}', 'it is not a list'],
    ['holds no objects', '[1]', 'entry 0'],
    ['names no brand of the bank', () => entry({ brand: 'fortis' }), 'brand'],
    ['has no secret', () => entry({ client_secret: '' }), 'client_secret'],
    ['has no redirect URI', () => entry({ redirect_uris: [] }), 'redirect_uris'],
    ['has a relative redirect URI', () => entry({ redirect_uris: ['/cb'] }), 'redirect URI'],
    ['names a certificate that is not there', () => entry({ tls_cert_file: 'none.pem' }), 'none.pem'],
    ['names a certificate that is none', () => entry({ tls_cert_file: 'clients.json' }), 'clients.json'],
  ])('fails when the clients file %s, and says so without a secret', async (_fault, content, said) => {
    const file = await clientsFile(typeof content === 'string' ? content : content());
    const text = bootFailureText(await failure({ ...bank.env, SANDBOX_CLIENTS_FILE: file }));
    expect(text).toContain(said);
    expect(text).not.toContain('hush-hush');
    expect(text).not.toContain('    at ');
  });

  it.each([
    [
      'the clients file is missing',
      { SANDBOX_CLIENTS_FILE: '/nowhere/clients.json' },
      '/nowhere/clients.json',
    ],
    ['a TLS file is missing', { SANDBOX_TLS_KEY_FILE: '/nowhere/key.pem' }, '/nowhere/key.pem'],
    [
      'the database is not there',
      { DATABASE_URL: 'postgres://u:hush-hush@127.0.0.1:1/none' },
      'DATABASE_URL',
    ],
    ['settings are wrong', { SANDBOX_HTTP_PORT: 'x', DATABASE_URL: '' }, 'SANDBOX_HTTP_PORT'],
  ])('fails with a sentence when %s', async (_what, changes, said) => {
    const text = bootFailureText(await failure({ ...bank.env, ...changes }));
    expect(text).toContain(said);
    expect(text).not.toContain('hush-hush');
    expect(text).not.toContain('    at ');
  });

  it.each(['SANDBOX_HTTP_PORT', 'SANDBOX_BELFIUS_PORT', 'SANDBOX_BANX_PORT'])(
    'fails when the port of %s is taken, and leaves neither port nor connection open',
    async (name) => {
      const database = await createTestDatabase();
      const squatter = createServer().listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      try {
        const { port } = squatter.address() as AddressInfo;
        const env = { ...bank.env, DATABASE_URL: database.url, [name]: String(port) };
        expect(bootFailureText(await failure(env))).toContain(`127.0.0.1:${port}`);
        const dataSource = await database.open();
        const left = await dataSource.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'sandbox-bank'`,
        );
        expect(left).toEqual([]);
      } finally {
        squatter.close();
        await database.drop();
      }
    },
  );

  it('fails on a database whose migrations are not those of this program', async () => {
    const database = await createTestDatabase();
    try {
      const dataSource = await database.open();
      await dataSource.query(`INSERT INTO bank_migration (timestamp, name) VALUES (1, 'OfTheFuture1')`);
      expect(await failure({ ...bank.env, DATABASE_URL: database.url })).toBeInstanceOf(ForeignSchemaError);
      expect(await dataSource.query('SELECT 1 FROM bank.psu')).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  it('ends within seconds when asked to, with clients still connected', async () => {
    const again = await startSandboxBank(bank.env);
    const ports = [again.apiUrls.belfius, again.apiUrls.banx, again.controlUrl].map((url) =>
      Number(new URL(url).port),
    );
    // They say nothing: no handshake, no request.
    const silent = ports.map((port) => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    await tpp.send(tpp.call('accounts'), again);
    const started = Date.now();
    await again.close();
    expect(Date.now() - started).toBeLessThan(8_000);
    for (const port of ports) {
      const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNREFUSED');
    }
    for (const socket of silent) socket.destroy();
  }, 30_000);
});
