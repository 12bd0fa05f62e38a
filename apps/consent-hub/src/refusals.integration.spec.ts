import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CONSENT_ENTITIES } from '@consent-hub/consent';
import type { Permission } from '@consent-hub/platform';
import type { Scope } from '@consent-hub/psd2-protocol';
import {
  createTestDatabase,
  dumpDatabase,
  GivenConsents,
  hubEnvironment,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import { API_CLIENT_ENTITIES } from './api-client/api-client.module.js';
import { ApiClientService } from './api-client/api-client.service.js';
import { newApiKey } from './api-client/api-key.js';
import { createHub } from './bootstrap.js';

const CLIENTS = {
  /** Opened the consent of the tests, an AIS one, and reads payment tokens. */
  owner: { permissions: ['consents:read', 'consents:write', 'tokens:read'], tokenScopes: ['PIS'] },
  /** Reads tokens of that scope, and opened nothing. */
  accounts: { permissions: ['tokens:read'], tokenScopes: ['AIS'] },
  payments: { permissions: ['tokens:read'], tokenScopes: ['PIS'] },
  other: { permissions: ['consents:read', 'consents:write'], tokenScopes: ['AIS', 'CAF', 'PIS'] },
  admin: { permissions: ['admin', 'consents:read', 'tokens:read'], tokenScopes: ['CAF'] },
  revoked: { permissions: ['admin', 'consents:read', 'tokens:read'], tokenScopes: ['AIS'] },
} satisfies Record<string, { permissions: Permission[]; tokenScopes: Scope[] }>;
type Who = keyof typeof CLIENTS | 'anonymous' | 'a stranger' | 'a babbler';

const PERSON = '/v1/access-token?brand=belfius&scope=AIS&psu_ref=customer-1';
const CONSENT = '/v1/consents/:id';
const TOKEN = `${CONSENT}/access-token`;
const REJECTIONS = `${TOKEN}/rejections`;
const SCA = `${CONSENT}/sca-token`;
const UNKNOWN = '01a20000-0000-7000-8000-000000000000';

let database: TestDatabase;
let hub: NestFastifyApplication;
let id: string;
const keys: Partial<Record<Who, string>> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  const dataSource = await database.open([...API_CLIENT_ENTITIES, ...CONSENT_ENTITIES]);
  hub = await createHub(hubEnvironment(database.url), {
    bankClient: new ScriptedBank(),
    logDestination: { write: () => undefined },
  });
  // Nothing but the calls writes: the tests compare what the database holds before and after.
  const timers = hub.get(SchedulerRegistry);
  for (const name of timers.getIntervals()) timers.deleteInterval(name);
  const clients = new ApiClientService(dataSource);
  const given = new GivenConsents(dataSource);
  for (const [name, allowed] of Object.entries(CLIENTS)) {
    const { client, key } = await clients.create({ name, ...allowed });
    keys[name as Who] = key.reveal();
    if (name !== 'owner') continue;
    const owner = { ...(await given.caller()), id: client.id };
    ({ id } = await given.opened(owner, { psuRef: 'customer-1' }));
  }
  await clients.revoke('revoked');
  keys['a stranger'] = newApiKey().reveal();
  keys['a babbler'] = 'password';
}, 30_000);
afterAll(async () => {
  await hub.close();
  await database.drop();
});

const call = (who: Who, path: string) => {
  const key = keys[who];
  return hub.inject({
    method: path.endsWith('/rejections') || path.endsWith('/revoke') ? 'POST' : 'GET',
    url: path.replace(':id', id),
    headers: { 'x-request-id': 'same', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    ...(path.endsWith('/rejections') && { payload: { generation: 1 } }),
  });
};

const REFUSED: [who: Who, path: string, status: number, code: string][] = [
  ['anonymous', TOKEN, 401, 'api_key_missing'],
  ['a babbler', TOKEN, 401, 'api_key_invalid'],
  ['a stranger', TOKEN, 401, 'api_key_invalid'],
  ['revoked', TOKEN, 401, 'api_key_revoked'],
  ['revoked', CONSENT, 401, 'api_key_revoked'],
  ['other', TOKEN, 403, 'permission_missing'],
  ['other', PERSON, 403, 'permission_missing'],
  ['payments', CONSENT, 403, 'permission_missing'],
  ['admin', `${CONSENT}/revoke`, 403, 'permission_missing'],
  ...[TOKEN, REJECTIONS, SCA, PERSON].flatMap((path): typeof REFUSED => [
    ['owner', path, 403, 'scope_not_granted'],
    ['admin', path, 403, 'scope_not_granted'],
  ]),
  ['payments', PERSON, 403, 'scope_not_granted'],
  ...[TOKEN, REJECTIONS, SCA].map((path): (typeof REFUSED)[0] => [
    'payments',
    path,
    404,
    'consent_not_found',
  ]),
  ...[CONSENT, `${CONSENT}/events`, `${CONSENT}/accounts`, `${CONSENT}/revoke`].map(
    (path): (typeof REFUSED)[0] => ['other', path, 404, 'consent_not_found'],
  ),
  ['accounts', TOKEN.replace(':id', UNKNOWN), 404, 'consent_not_found'],
  ['admin', TOKEN.replace(':id', UNKNOWN), 404, 'consent_not_found'],
  ['accounts', PERSON, 404, 'consent_not_found'],
  // A client that may read it gets the state of the consent: it is not live yet.
  ...[TOKEN, REJECTIONS, SCA].map((path): (typeof REFUSED)[0] => ['accounts', path, 409, 'consent_not_live']),
];

describe('a refused call', () => {
  jest.setTimeout(30_000);
  it.each(REFUSED)('of %s to %s is answered %i %s, and changes nothing', async (who, path, status, code) => {
    const before = await dumpDatabase(database.url);
    const answer = await call(who, path);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ status, code });
    expect(await dumpDatabase(database.url)).toBe(before);
  });

  it('answers a client that may not see a consent as for one that does not exist', async () => {
    const [foreign, unknown] = [
      await call('payments', TOKEN),
      await call('payments', TOKEN.replace(':id', UNKNOWN)),
    ];
    expect(foreign.body).toBe(unknown.body);
  });

  it('answers a guessed key that is almost right like any other wrong key', async () => {
    const near = `${(keys['accounts'] ?? '').slice(0, -1)}${keys['accounts']?.endsWith('A') ? 'B' : 'A'}`;
    keys['a stranger'] = near;
    const guessed = await call('a stranger', TOKEN);
    const wild = await call('a babbler', TOKEN);
    expect([guessed.statusCode, guessed.body]).toEqual([401, wild.body]);
  });
});
