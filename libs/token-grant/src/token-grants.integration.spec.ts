import { randomBytes, randomUUID } from 'node:crypto';
import { BankError } from '@consent-hub/bank-client';
import { CONSENT_ENTITIES, ConsentRepository, type ConsentEntity } from '@consent-hub/consent';
import { Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import { GrantSealer } from './grant-sealer.js';
import { TOKEN_GRANT_ENTITIES } from './token-grant.module.js';
import { TokenGrantSettings } from './token-grant.settings.js';
import { TokenGrants } from './token-grants.js';
import { TokenJournal } from './token-journal.js';
import type { TokenRequestEntity } from './token-request.entity.js';
import { TokenSettlement } from './token-settlement.js';

const PATIENT = { waitMs: 30_000 };
const vault = new TokenVault(KeyRing.parse(`k1:${randomBytes(32).toString('base64')}`));
let database: TestDatabase;
let dataSource: DataSource;
let consents: ConsentRepository;
let clientId: string;
let bank: ScriptedBank;
let grants: TokenGrants;

/** One process of the hub; two of them on one database are two replicas. */
function replica(owner: string): TokenGrants {
  const journal = new TokenJournal(dataSource, consents, new TokenGrantSettings(owner, 120_000));
  const sealer = new GrantSealer(vault);
  return new TokenGrants(
    journal,
    new TokenSettlement(dataSource, consents, journal, sealer),
    sealer,
    bank,
    consents,
  );
}

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open([...CONSENT_ENTITIES, ...TOKEN_GRANT_ENTITIES]);
  consents = new ConsentRepository(dataSource);
  clientId = randomUUID();
  await dataSource.query(
    `INSERT INTO hub.api_client (id, name, key_hash, permissions) VALUES ($1, 'test', $2, '{consents:write}')`,
    [clientId, randomBytes(32)],
  );
});
afterAll(() => database.drop());
beforeEach(() => {
  bank = new ScriptedBank();
  grants = replica('one');
});

async function authorizedConsent(psuRef: string = randomUUID()): Promise<string> {
  const id = randomUUID();
  const seal = (value: string, purpose: 'code_verifier' | 'authorization_code') =>
    vault.seal(new Secret(value), { consentId: id, purpose, generation: 0 });
  await dataSource.transaction(async (tx) => {
    const person = { brand: 'belfius', scope: 'AIS', psuRef, iban: null, language: null } as const;
    const redirect = {
      returnUrl: null,
      redirectUri: 'https://tpp.example/callback/belfius',
      linkSeconds: 900,
    };
    const leg = { callbackStateHash: randomBytes(32), codeVerifier: seal('verifier', 'code_verifier') };
    await consents.open(tx, { id, openedBy: clientId, ...person, ...redirect, ...leg }, 'client:test');
    const data = { authorizationCode: seal('code', 'authorization_code'), validityDays: 180 };
    await consents.move(tx, id, { to: 'authorized', data, actor: 'psu' });
  });
  return id;
}

async function liveConsent(psuRef?: string): Promise<string> {
  const id = await authorizedConsent(psuRef);
  await grants.exchangeCode(id, PATIENT);
  return id;
}

const stored = async (id: string): Promise<ConsentEntity> => {
  const consent = await consents.find(id);
  if (!consent) throw new Error('no such consent');
  return consent;
};
const accessToken = async (id: string): Promise<string> => {
  const { tokenSet } = await stored(id);
  const binding = { consentId: id, purpose: 'access_token', generation: tokenSet?.generation ?? 0 } as const;
  return vault.open(tokenSet?.accessToken ?? Buffer.alloc(0), binding).reveal();
};
const journal = (consentId: string): Promise<TokenRequestEntity[]> =>
  dataSource.getRepository(TOKEN_GRANT_ENTITIES[0]!).find({ where: { consentId }, order: { sentAt: 'ASC' } });
const statuses = async (id: string) => (await journal(id)).map(({ status }) => status);
const leaseEnds = (id: string) =>
  dataSource.query(
    `UPDATE hub.token_request SET lease_ends_at = now() - interval '1 second' WHERE consent_id = $1`,
    [id],
  );
const eventTypes = async (id: string) => (await consents.events(id)).map(({ type }) => type);

const lostAfterRotation = () => {
  bank.rotate();
  return Promise.reject(new BankError('outcome_unknown'));
};
const lostBeforeRotation = () => Promise.reject(new BankError('outcome_unknown'));
const failing =
  (...args: ConstructorParameters<typeof BankError>) =>
  () =>
    Promise.reject(new BankError(...args));

/** A call that the test holds open. */
function held() {
  let release!: () => void;
  const gate = new Promise<void>((resolve) => (release = resolve));
  let reached!: () => void;
  const started = new Promise<void>((resolve) => (reached = resolve));
  return { gate, release, started, reached };
}

describe('exchanging a code', () => {
  it('stores the first pair and spends code and verifier', async () => {
    const id = await authorizedConsent();
    await grants.exchangeCode(id, PATIENT);
    expect(await stored(id)).toMatchObject({ state: 'active', codeVerifier: null, authorizationCode: null });
    expect(await accessToken(id)).toBe('access-1');
    expect(await statuses(id)).toEqual(['committed']);
  });

  it('sends the code with the verifier and redirect URI of its own consent', async () => {
    await grants.exchangeCode(await authorizedConsent(), PATIENT);
    const [request] = bank.requests;
    if (request?.grantType !== 'authorization_code') throw new Error('not a code grant');
    expect([request.code.reveal(), request.codeVerifier.reveal()]).toEqual(['code', 'verifier']);
    expect(request.redirectUri).toBe('https://tpp.example/callback/belfius');
  });

  it('asks the bank once when ten callers arrive together at two replicas', async () => {
    const id = await authorizedConsent();
    const other = replica('two');
    const callers = Array.from({ length: 10 }, (_, n) => (n % 2 ? other : grants).exchangeCode(id, PATIENT));
    await Promise.all(callers);
    expect(bank.requests).toHaveLength(1);
    expect(await stored(id)).toMatchObject({ state: 'active' });
  });

  it('fails the consent when the bank refuses the code', async () => {
    const id = await authorizedConsent();
    bank.next(failing('security_refused', { httpStatus: 401, errorCode: 'GEN-1203-100008' }));
    await expect(grants.exchangeCode(id, PATIENT)).rejects.toMatchObject({
      code: 'consent_not_live',
      context: { state: 'failed', reason: 'code_refused' },
    });
  });

  it('retires the consent it renews in the same moment', async () => {
    const psuRef = randomUUID();
    const old = await liveConsent(psuRef);
    const successor = await authorizedConsent(psuRef);
    await grants.exchangeCode(successor, PATIENT);
    expect(await stored(old)).toMatchObject({ state: 'superseded', supersededBy: successor });
    expect((await stored(old)).tokenSet?.refreshToken).toBeNull();
  });

  it('leaves one live consent when two renewals of one person finish together', async () => {
    const psuRef = randomUUID();
    await liveConsent(psuRef);
    const first = await authorizedConsent(psuRef);
    const second = await authorizedConsent(psuRef);
    await Promise.all([grants.exchangeCode(first, PATIENT), replica('two').exchangeCode(second, PATIENT)]);
    const states = [(await stored(first)).state, (await stored(second)).state].sort();
    expect(states).toEqual(['active', 'superseded']);
  });
});

describe('refreshing a pair', () => {
  it('asks the bank once when twenty callers arrive together at two replicas', async () => {
    const id = await liveConsent();
    const other = replica('two');
    await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? other : grants).refresh(id, 1, PATIENT)));
    expect(bank.livePair).toBe(2);
    expect(await stored(id)).toMatchObject({ state: 'refreshed', tokenSet: { generation: 2 } });
    expect(await accessToken(id)).toBe('access-2');
  });

  it('does not ask for a generation that is no longer the current one', async () => {
    const id = await liveConsent();
    await grants.refresh(id, 1, PATIENT);
    await grants.refresh(id, 1, PATIENT);
    expect(bank.livePair).toBe(2);
  });

  it('goes on when its caller has left, and keeps the late answer', async () => {
    const id = await liveConsent();
    const { gate, release } = held();
    bank.next(async () => {
      await gate;
      return bank.rotate();
    });
    await expect(grants.refresh(id, 1, { waitMs: 20 })).rejects.toMatchObject({
      code: 'grant_in_progress',
      context: { retryAfterSeconds: 2 },
    });
    release();
    await grants.beforeApplicationShutdown();
    expect((await stored(id)).tokenSet?.generation).toBe(2);
  });

  it('tries again when nothing reached the bank, each time as a request of its own', async () => {
    const id = await liveConsent();
    bank.next(failing('not_sent'), failing('busy', { httpStatus: 503 }));
    await grants.refresh(id, 1, PATIENT);
    expect(await statuses(id)).toEqual(['committed', 'not_sent', 'not_sent', 'committed']);
    expect(new Set(bank.requests.map(({ requestId }) => requestId)).size).toBe(4);
  });

  it('gives up after three tries and leaves the consent as it was', async () => {
    const id = await liveConsent();
    bank.next(failing('not_sent'), failing('not_sent'), failing('not_sent'));
    await expect(grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'bank_unavailable' });
    expect(await stored(id)).toMatchObject({ state: 'active', tokenSet: { generation: 1 } });
  });

  it('ends the consent as withdrawn when the PSU withdrew it at the bank', async () => {
    const id = await liveConsent();
    bank.next(failing('consent_withdrawn', { httpStatus: 403, error: 'NO_ACTIVE_CONSENT' }));
    await expect(grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'consent_not_live' });
    expect(await stored(id)).toMatchObject({ state: 'revoked', stateReason: 'withdrawn_at_bank' });
    expect((await stored(id)).tokenSet?.refreshToken).toBeNull();
  });

  it.each(['request_refused', 'client_refused', 'security_refused', 'access_token_refused'] as const)(
    'ends nothing for an unexplained refusal (%s), but tells and records it',
    async (code) => {
      const id = await liveConsent();
      bank.next(failing(code, { httpStatus: 400, error: 'ODD', errorCode: 'X-1' }));
      await expect(grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({
        code: 'bank_refused',
        context: { bankError: 'ODD', bankErrorCode: 'X-1' },
      });
      expect(await stored(id)).toMatchObject({ state: 'active', tokenSet: { generation: 1 } });
      expect(await eventTypes(id)).toContain('grant_refused');
    },
  );

  it('drops a pair that arrives after the consent was revoked', async () => {
    const id = await liveConsent();
    const { gate, release, started, reached } = held();
    bank.next(async () => {
      reached();
      await gate;
      return bank.rotate();
    });
    const refresh = grants.refresh(id, 1, PATIENT);
    await started;
    await dataSource.transaction((tx) =>
      consents.move(tx, id, { to: 'revoked', data: { reason: 'withdrawn_by_tpp' }, actor: 'client:test' }),
    );
    release();
    await refresh.catch(() => undefined);
    expect(await statuses(id)).toEqual(['committed', 'overtaken']);
    expect((await stored(id)).tokenSet).toMatchObject({ generation: 1, accessToken: null });
  });
});

describe('a lost answer', () => {
  it('leaves the pair in doubt and asks nobody before the lease is over', async () => {
    const id = await liveConsent();
    bank.next(lostAfterRotation);
    await expect(grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'grant_in_doubt' });
    await expect(replica('two').refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'grant_in_doubt' });
    expect(bank.requests).toHaveLength(2);
    expect(await stored(id)).toMatchObject({ state: 'active' });
    expect(await eventTypes(id)).toContain('grant_in_doubt');
  });

  it('is made good by one probe when the bank had not rotated', async () => {
    const id = await liveConsent();
    bank.next(lostBeforeRotation);
    await grants.refresh(id, 1, PATIENT).catch(() => undefined);
    await leaseEnds(id);
    await Promise.all([grants.refresh(id, 1, PATIENT), replica('two').refresh(id, 1, PATIENT)]);
    expect(await statuses(id)).toEqual(['committed', 'probed', 'committed']);
    expect(await accessToken(id)).toBe('access-2');
  });

  it('ends the consent as lost when the probe finds that the bank had rotated', async () => {
    const id = await liveConsent();
    bank.next(lostAfterRotation);
    await grants.refresh(id, 1, PATIENT).catch(() => undefined);
    await leaseEnds(id);
    await expect(grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'consent_not_live' });
    expect(await stored(id)).toMatchObject({ state: 'failed', stateReason: 'rotation_lost' });
  });

  it('may be probed at once when the bank itself answered with an error', async () => {
    const id = await liveConsent();
    bank.next(failing('outcome_unknown', { httpStatus: 500 }));
    await grants.refresh(id, 1, PATIENT).catch(() => undefined);
    await grants.refresh(id, 1, PATIENT);
    expect((await stored(id)).tokenSet?.generation).toBe(2);
  });

  it('that comes after all beats the probe that somebody sent meanwhile', async () => {
    const id = await liveConsent();
    const { gate, release, started, reached } = held();
    bank.next(async () => {
      const answer = bank.rotate();
      reached();
      await gate;
      return answer;
    });
    const slow = grants.refresh(id, 1, PATIENT);
    await started;
    await leaseEnds(id);
    bank.next(async () => {
      release();
      await slow;
      throw new BankError('refresh_token_refused', { httpStatus: 401 });
    });
    await replica('two')
      .refresh(id, 1, PATIENT)
      .catch(() => undefined);
    expect(await stored(id)).toMatchObject({ state: 'refreshed', tokenSet: { generation: 2 } });
    expect(await accessToken(id)).toBe('access-2');
  });

  it('of a process that died is probed by another replica after its lease', async () => {
    const id = await liveConsent();
    const dead = replica('dead');
    bank.next(() => new Promise(() => undefined));
    void dead.refresh(id, 1, { waitMs: 1 }).catch(() => undefined);
    while ((await statuses(id)).at(-1) !== 'sent') await new Promise(setImmediate);
    await leaseEnds(id);
    await grants.refresh(id, 1, PATIENT);
    expect(await statuses(id)).toEqual(['committed', 'probed', 'committed']);
    expect(await eventTypes(id)).toContain('grant_in_doubt');
  });
});

describe('an answer that cannot be read', () => {
  const garbled = () => {
    bank.rotate();
    return Promise.resolve({
      httpStatus: 200,
      body: new Secret('{"access_token":'),
      responseIdMatches: true,
    });
  };

  it('is kept sealed, and nobody asks the bank again in its place', async () => {
    const id = await liveConsent();
    bank.next(garbled);
    await expect(grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'bank_answer_unreadable' });
    await expect(grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'bank_answer_unreadable' });
    expect(bank.requests).toHaveLength(2);
    const kept = (await journal(id)).at(-1);
    expect(kept?.status).toBe('received');
    expect(kept?.rawAnswer?.toString('latin1')).not.toContain('access_token');
  });

  it('becomes the next pair once it can be read', async () => {
    const id = await liveConsent();
    bank.next(garbled);
    await grants.refresh(id, 1, PATIENT).catch(() => undefined);
    const read = jest.spyOn(bank, 'readTokenAnswer').mockReturnValue({
      accessToken: new Secret('access-2'),
      refreshToken: new Secret('refresh-2'),
      expiresInSeconds: 3600,
    });
    await grants.refresh(id, 1, PATIENT);
    expect(read).toHaveBeenCalledTimes(1);
    expect(await accessToken(id)).toBe('access-2');
    expect(await statuses(id)).toEqual(['committed', 'committed']);
  });
});
