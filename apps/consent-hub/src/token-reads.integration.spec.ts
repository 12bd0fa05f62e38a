import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CONSENT_ENTITIES } from '@consent-hub/consent';
import { LookupPool, type Caller } from '@consent-hub/platform';
import { Secret, type Scope } from '@consent-hub/psd2-protocol';
import {
  createTestDatabase,
  GivenConsents,
  hubEnvironment,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import type { DataSource, QueryRunner } from 'typeorm';
import { API_CLIENT_ENTITIES } from './api-client/api-client.module.js';
import { ApiClientService, type NewApiClient } from './api-client/api-client.service.js';
import { newApiKey } from './api-client/api-key.js';
import { createHub } from './bootstrap.js';

jest.setTimeout(60_000);
let database: TestDatabase;
let dataSource: DataSource;
let clients: ApiClientService;
let given: GivenConsents;
let owner: Caller;
let vault: TokenVault;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open([...API_CLIENT_ENTITIES, ...CONSENT_ENTITIES]);
  clients = new ApiClientService(dataSource);
  given = new GivenConsents(dataSource);
  owner = await given.caller();
  const env = hubEnvironment(database.url);
  vault = new TokenVault(KeyRing.parse(env['HUB_VAULT_KEYS'] ?? ''));
  app = await createHub(env, {
    bankClient: new ScriptedBank(),
    logDestination: { write: () => undefined },
  });
});
afterAll(async () => {
  await app.close();
  await database.drop();
});
afterEach(() => jest.restoreAllMocks());

/** A live consent whose token the hub can open. */
async function live(scope: Scope): Promise<string> {
  const id = await given.live(owner, { scope, ...(scope === 'CAF' && { iban: 'BE68539007547034' }) });
  const token = vault.seal(new Secret(`token-of-${id}`), {
    consentId: id,
    purpose: 'access_token',
    generation: 1,
  });
  await dataSource.query('UPDATE hub.token_pair SET access_token = $2 WHERE consent_id = $1', [id, token]);
  return id;
}

let made = 0;
const newKey = async (allowed: Partial<NewApiClient> = {}): Promise<string> => {
  const { key } = await clients.create({
    name: `client-${++made}`,
    permissions: ['tokens:read'],
    ...allowed,
  });
  return key.reveal();
};

interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly token?: string;
  readonly retryAfter?: string;
}

async function read(id: string, key: string): Promise<Answer> {
  const answer = await app.inject({
    method: 'GET',
    url: `/v1/consents/${id}/access-token`,
    headers: { authorization: `Bearer ${key}` },
  });
  const { code, access_token: token } = answer.json<{ code?: string; access_token?: string }>();
  const retryAfter = answer.headers['retry-after'];
  return {
    status: answer.statusCode,
    ...(code !== undefined && { code }),
    ...(token !== undefined && { token }),
    ...(typeof retryAfter === 'string' && { retryAfter }),
  };
}

const served = (id: string): Answer => ({ status: 200, token: `token-of-${id}` });
const AWAY: Answer = { status: 503, code: 'database_unavailable', retryAfter: '2' };

/** No lookup gets through while the test runs. */
async function whileLocked(test: (locked: QueryRunner) => Promise<void>): Promise<void> {
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  await runner.query('LOCK TABLE hub.token_pair IN ACCESS EXCLUSIVE MODE');
  try {
    await test(runner);
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

/** Calls a function of Postgres on each connection that waits for the lock, once there is one. */
async function onWaiting(
  runner: QueryRunner,
  call: 'pg_cancel_backend' | 'pg_terminate_backend',
): Promise<void> {
  for (let found: unknown[] = []; found.length === 0;) {
    found = await runner.manager.query<unknown[]>(
      `SELECT ${call}(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'consent-hub' AND wait_event_type = 'Lock'`,
    );
  }
}

describe('tokens that many ask for together', () => {
  it('travel in one statement with the callers, and reach each by what its own client may read', async () => {
    const [ais, pis] = [await live('AIS'), await live('PIS')];
    const all = await newKey();
    const payments = await newKey({ tokenScopes: ['PIS'] });
    const platform = await newKey({ permissions: ['consents:read'] });
    const revoked = await newKey({ name: 'revoked' });
    await clients.revoke('revoked');
    const statements = jest.spyOn(app.get(LookupPool), 'query');
    const notFound = { status: 404, code: 'consent_not_found' };
    expect(
      await Promise.all([
        read(ais, all),
        read(ais, payments),
        read(pis, payments),
        read(ais, platform),
        read(pis, revoked),
        read(ais, newApiKey().reveal()),
        read(ais, 'no-key'),
        read(pis, all),
        read('0199f3c8-0000-7000-8000-000000000000', all),
      ]),
    ).toEqual([
      served(ais),
      notFound,
      served(pis),
      { status: 403, code: 'permission_missing' },
      { status: 401, code: 'api_key_revoked' },
      { status: 401, code: 'api_key_invalid' },
      { status: 401, code: 'api_key_invalid' },
      served(pis),
      notFound,
    ]);
    expect(statements.mock.calls).toEqual([
      [
        expect.objectContaining({
          text: expect.stringMatching(/token_pair.*api_client|api_client.*token_pair/s),
        }),
      ],
    ]);
  });

  it('are served together with ids that no statement takes, values that do not open, and consents that ended', async () => {
    const key = await newKey();
    const [well, broken, ended] = [await live('AIS'), await live('AIS'), await live('AIS')];
    await dataSource.query(
      `UPDATE hub.token_pair SET access_token = set_byte(access_token, 40, 255 - get_byte(access_token, 40))
        WHERE consent_id = $1`,
      [broken],
    );
    await dataSource.transaction((tx) =>
      given.consents.move(tx, ended, {
        to: 'revoked',
        data: { reason: 'withdrawn_by_tpp' },
        actor: 'hub:test',
      }),
    );
    expect(
      await Promise.all(
        ['no-uuid', well, broken, `${well}0`, ended, well.toUpperCase(), "'%00"].map((id) => read(id, key)),
      ),
    ).toEqual([
      { status: 400, code: 'invalid_input' },
      served(well),
      { status: 500, code: 'internal_error' },
      { status: 400, code: 'invalid_input' },
      { status: 409, code: 'consent_not_live' },
      served(well),
      { status: 400, code: 'invalid_input' },
    ]);
  });

  it('are not there for a consent that was revoked while another read was under way', async () => {
    const key = await newKey();
    const id = await live('AIS');
    await whileLocked(async (runner) => {
      const early = read(id, key);
      await onWaiting(runner, 'pg_cancel_backend');
      expect(await early).toEqual(AWAY);
      await given.consents.move(runner.manager, id, {
        to: 'revoked',
        data: { reason: 'withdrawn_by_tpp' },
        actor: 'hub:test',
      });
      await runner.commitTransaction();
      await runner.startTransaction();
    });
    expect(await read(id, key)).toEqual({ status: 409, code: 'consent_not_live' });
  });
});

describe('while the database holds lookups up', () => {
  it('answers each reader whose statement was cancelled with a time to try again, and serves the next', async () => {
    const key = await newKey();
    const ids = [await live('AIS'), await live('PIS'), await live('CAF')];
    await whileLocked(async (runner) => {
      const answers = Promise.all(ids.map((id) => read(id, key)));
      await onWaiting(runner, 'pg_cancel_backend');
      expect(await answers).toEqual([AWAY, AWAY, AWAY]);
    });
    expect(await Promise.all(ids.map((id) => read(id, key)))).toEqual(ids.map(served));
  });

  it('does so when the connection is lost, and connects anew', async () => {
    const key = await newKey();
    const id = await live('AIS');
    await whileLocked(async (runner) => {
      const answer = read(id, key);
      await onWaiting(runner, 'pg_terminate_backend');
      expect(await answer).toEqual(AWAY);
    });
    expect(await read(id, key)).toEqual(served(id));
  });
});
