import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { CONSENT_ENTITIES } from '../consent.module.js';
import { ConsentExpirer } from './consent-expirer.repository.js';
import { ConsentRepository, type NewConsent } from './consent.repository.js';
import type { ConsentEntity } from '../consent.entity.js';
import {
  canMove,
  CONSENT_STATES,
  isLive,
  type ConsentState,
  type TargetState,
} from '../domain/consent-state.js';
import type { TransitionData } from '../domain/transition.js';

const ACTOR = 'hub:test';
let database: TestDatabase;
let dataSource: DataSource;
let consents: ConsentRepository;
let clientId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  consents = new ConsentRepository(dataSource);
  clientId = randomUUID();
  await dataSource.query(
    `INSERT INTO hub.api_client (id, name, permissions) VALUES ($1, 'test', '{consents:write}')`,
    [clientId],
  );
});

afterAll(() => database.drop());

async function opened(overrides: Partial<NewConsent> = {}): Promise<string> {
  const consent: NewConsent = {
    id: randomUUID(),
    brand: 'belfius',
    scope: 'AIS',
    psuRef: randomUUID(),
    iban: null,
    language: null,
    openedBy: clientId,
    returnUrl: null,
    redirectUri: 'https://tpp.example/callback/belfius',
    callbackStateHash: randomBytes(32),
    codeVerifier: randomBytes(40),
    linkSeconds: 900,
    ...overrides,
  };
  await dataSource.transaction((tx) => consents.open(tx, consent, 'client:test'));
  return consent.id;
}

const tokens = (generation: number) => ({
  generation,
  accessToken: randomBytes(60),
  refreshToken: randomBytes(60),
  keyId: 'k1',
  issuedAt: new Date(),
  expiresInSeconds: 3600,
});

const dataFor = async (to: TargetState, generation = 1): Promise<TransitionData[TargetState]> =>
  ({
    authorized: { authorizationCode: randomBytes(40), validityDays: 180 },
    active: { tokens: tokens(1) },
    refreshed: { tokens: tokens(generation + 1) },
    superseded: { reason: 'replaced' as const, successorId: to === 'superseded' ? await opened() : '' },
    revoked: { reason: 'withdrawn_by_tpp' as const },
    expired: { reason: 'validity_ended' as const },
    rejected: { reason: 'psu_refused' as const },
    failed: { reason: 'refresh_refused' as const },
  })[to];

const move = (id: string, to: TargetState, data: TransitionData[TargetState]): Promise<boolean> =>
  dataSource.transaction((tx) => consents.move(tx, id, { to, data, actor: ACTOR }));

/** The way by which the tests bring a consent into each state. */
const WAY: Record<ConsentState, readonly TargetState[]> = {
  initiated: [],
  authorized: ['authorized'],
  active: ['authorized', 'active'],
  refreshed: ['authorized', 'active', 'refreshed'],
  superseded: ['authorized', 'active', 'superseded'],
  revoked: ['authorized', 'active', 'revoked'],
  expired: ['authorized', 'active', 'expired'],
  rejected: ['rejected'],
  failed: ['authorized', 'failed'],
};

async function given(state: ConsentState, overrides: Partial<NewConsent> = {}): Promise<string> {
  const id = await opened(overrides);
  for (const to of WAY[state]) expect(await move(id, to, await dataFor(to))).toBe(true);
  return id;
}

const snapshot = async (id: string) => ({
  consent: await consents.find(id),
  events: (await consents.events(id)).length,
});

const lastEntry = async (id: string) => (await consents.events(id)).at(-1);

/** What two consents that went the same way have in common: which columns are set, not the ids, secrets and dates in them. */
function withoutOwnValues(consent: ConsentEntity | null): unknown {
  const isSet = ([name, value]: [string, unknown]): [string, unknown] => [
    name,
    name === 'state' || typeof value === 'number' ? value : value !== null && value !== undefined,
  ];
  const { tokenPair, ...columns } = { ...consent };
  return [columns, tokenPair ?? {}].map((row) => Object.fromEntries(Object.entries(row).map(isSet)));
}

describe('consent transitions', () => {
  const targets = CONSENT_STATES.filter((state): state is TargetState => state !== 'initiated');

  describe.each(CONSENT_STATES)('from %s', (from) => {
    it.each(targets.map((to) => [canMove(from, to) ? 'allows' : 'refuses', to] as const))(
      '%s %s, and writes state and timeline together or nothing',
      async (_verdict, to) => {
        const id = await given(from);
        const before = await snapshot(id);

        const moved = await move(id, to, await dataFor(to, before.consent?.tokenPair?.generation));

        const after = await snapshot(id);
        expect(moved).toBe(canMove(from, to));
        if (!moved) {
          expect(after).toEqual(before);
          return;
        }
        expect(after.consent?.state).toBe(to);
        expect(after.events).toBe(before.events + 1);
        expect((await consents.events(id)).at(-1)).toMatchObject({
          fromState: from,
          toState: to,
          actor: ACTOR,
        });
      },
    );
  });

  const bulks: readonly {
    readonly to: TargetState;
    readonly name: string;
    readonly takes: (from: ConsentState) => boolean;
    readonly run: (id: string, generation: number) => Promise<unknown>;
  }[] = [
    {
      to: 'expired',
      name: 'the expiry of links',
      takes: (from) => from === 'initiated',
      run: () => new ConsentExpirer(dataSource).expireLinks(1_000),
    },
    {
      to: 'expired',
      name: 'the expiry of consents',
      takes: isLive,
      run: () => new ConsentExpirer(dataSource).expireConsents(1_000),
    },
    {
      to: 'refreshed',
      name: 'the storing of refreshed pairs',
      takes: isLive,
      run: (id, generation) => {
        const pair = { consentId: id, tokens: tokens(generation + 1), facts: {} };
        return dataSource.transaction((tx) => consents.refreshAll(tx, [pair], ACTOR));
      },
    },
  ];

  describe.each(bulks)('by $name', ({ to, takes, run }) => {
    it.each(CONSENT_STATES.map((from) => [takes(from) ? 'moves' : 'leaves', from] as const))(
      '%s a consent in %s, with the columns and the timeline entry of a single move',
      async (_verdict, from) => {
        const [id, single] = [await given(from), await given(from)];
        await dataSource.query(
          `UPDATE hub.consent SET link_expires_at = link_expires_at - interval '10 years',
                                  consent_expires_at = consent_expires_at - interval '10 years' WHERE id = $1`,
          [id],
        );
        const before = await snapshot(id);
        const generation = before.consent?.tokenPair?.generation ?? 0;

        await run(id, generation);

        const after = await snapshot(id);
        if (!takes(from)) {
          expect(after).toEqual(before);
          return;
        }
        expect(canMove(from, to)).toBe(true);
        expect(await move(single, to, await dataFor(to, generation))).toBe(true);
        const other = await snapshot(single);
        expect(withoutOwnValues(after.consent)).toEqual(withoutOwnValues(other.consent));
        expect(after.events).toBe(other.events);
        const [entry, otherEntry] = [await lastEntry(id), await lastEntry(single)];
        expect(entry).toMatchObject({ fromState: from, toState: to, type: otherEntry?.type });
        expect(entry?.data).toEqual(otherEntry?.data);
      },
    );
  });

  it('lets exactly one of twenty callers through when they race for the same move', async () => {
    const id = await given('initiated');
    const data = await dataFor('authorized');
    const results = await Promise.all(Array.from({ length: 20 }, () => move(id, 'authorized', data)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect((await consents.events(id)).filter((event) => event.toState === 'authorized')).toHaveLength(1);
  });

  it('lets exactly one of two opposite ends win', async () => {
    const id = await given('active');
    const [revoked, expired] = await Promise.all([
      move(id, 'revoked', { reason: 'withdrawn_by_tpp' }),
      move(id, 'expired', { reason: 'validity_ended' }),
    ]);
    expect([revoked, expired].filter(Boolean)).toHaveLength(1);
  });

  it('does nothing for a consent that is not there', async () => {
    expect(await move(randomUUID(), 'rejected', { reason: 'psu_refused' })).toBe(false);
  });
});

describe('the token pair of a consent', () => {
  it('is replaced by a later generation alone, be it the next or one that a restored database has missed', async () => {
    const id = await given('active');
    expect(await move(id, 'refreshed', { tokens: tokens(1) })).toBe(false);
    expect((await consents.find(id))?.tokenPair?.generation).toBe(1);
    expect(await move(id, 'refreshed', { tokens: tokens(2) })).toBe(true);
    expect((await consents.find(id))?.tokenPair?.generation).toBe(2);
    expect(await move(id, 'refreshed', { tokens: tokens(5) })).toBe(true);
    expect(await move(id, 'refreshed', { tokens: tokens(4) })).toBe(false);
    expect((await consents.find(id))?.tokenPair?.generation).toBe(5);
  });

  it('is stored once when ten refreshes of one generation race', async () => {
    const id = await given('active');
    const results = await Promise.all(
      Array.from({ length: 10 }, () => move(id, 'refreshed', { tokens: tokens(2) })),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it('keeps its logical-ID and SCA token through a refresh that brings neither', async () => {
    const id = await given('authorized');
    const scaToken = { value: randomBytes(30), expiresInSeconds: 3600 };
    await move(id, 'active', { tokens: { ...tokens(1), logicalId: 'logical', scaToken } });
    await move(id, 'refreshed', { tokens: tokens(2) });
    const stored = (await consents.find(id))?.tokenPair;
    expect(stored?.logicalId).toBe('logical');
    expect(stored?.scaToken).toEqual(scaToken.value);
  });

  it.each(['revoked', 'expired', 'superseded'] as const)(
    'is destroyed when the consent is %s',
    async (to) => {
      const stored = (await consents.find(await given(to)))?.tokenPair;
      expect(stored).toMatchObject({ generation: 1, accessToken: null, refreshToken: null, scaToken: null });
    },
  );

  it('survives a failure, since the refusal may have been the error of the bank', async () => {
    const id = await given('active');
    await move(id, 'failed', { reason: 'refresh_refused' });
    expect((await consents.find(id))?.tokenPair?.refreshToken).not.toBeNull();
  });
});

describe('renewal', () => {
  const person = () => ({ psuRef: randomUUID() });

  it('keeps the old consent live until the new one has its pair, then retires it in the same moment', async () => {
    const who = person();
    const old = await given('active', who);
    const successor = await given('authorized', who);
    expect((await consents.find(old))?.state).toBe('active');

    await move(successor, 'active', { tokens: tokens(1) });

    expect(await consents.find(old)).toMatchObject({
      state: 'superseded',
      stateReason: 'replaced',
      supersededBy: successor,
    });
    expect((await consents.findLive({ brand: 'belfius', scope: 'AIS', ...who }))?.id).toBe(successor);
  });

  it('retires the link that still waits when a newer one is opened', async () => {
    const who = person();
    const old = await given('initiated', who);
    await given('initiated', who);
    expect(await consents.find(old)).toMatchObject({
      state: 'expired',
      stateReason: 'replaced',
      codeVerifier: null,
    });
  });

  it('does not touch consents of another brand, scope or person', async () => {
    const who = person();
    const others = [
      await given('active', { ...who, brand: 'banx' }),
      await given('active', { ...who, scope: 'PIS' }),
      await given('active', person()),
    ];
    await given('active', who);
    for (const id of others) expect(isLive((await consents.find(id))?.state ?? 'failed')).toBe(true);
  });
});

describe('Postgres itself', () => {
  it('refuses a second live consent of the same person, brand and scope', async () => {
    const who = { psuRef: randomUUID() };
    await given('active', who);
    const second = await given('authorized', who);
    await expect(
      dataSource.query(
        `UPDATE hub.consent SET state = 'active', activated_at = now(), authorization_code = NULL, code_verifier = NULL
          WHERE id = $1`,
        [second],
      ),
    ).rejects.toThrow('consent_one_live');
  });

  it('refuses a state that is none', async () => {
    const id = await given('initiated');
    await expect(
      dataSource.query(`UPDATE hub.consent SET state = 'paused', code_verifier = NULL WHERE id = $1`, [id]),
    ).rejects.toThrow('consent_state_check');
  });

  it.each([
    ['UPDATE', `UPDATE hub.consent_event SET reason = 'psu_refused' WHERE consent_id = $1`],
    ['DELETE', `DELETE FROM hub.consent_event WHERE consent_id = $1`],
  ])('refuses to %s the timeline', async (_verb, sql) => {
    const id = await given('active');
    const before = await consents.events(id);
    await expect(dataSource.query(sql, [id])).rejects.toThrow('append-only');
    expect(await consents.events(id)).toEqual(before);
  });

  it('refuses to TRUNCATE the timeline', async () => {
    await expect(dataSource.query(`TRUNCATE hub.consent_event`)).rejects.toThrow('append-only');
  });

  it('chains each entry of the timeline to the one before, numbered without gaps, also under a race', async () => {
    const id = await given('refreshed');
    await Promise.all(
      Array.from({ length: 10 }, () =>
        dataSource.transaction((tx) => consents.record(tx, id, 'noted', ACTOR)),
      ),
    );
    const events = await consents.events(id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    const broken = await dataSource.query<{ seq: number }[]>(
      `SELECT seq FROM (
         SELECT e.*, lag(hash) OVER (ORDER BY seq) AS before, hub.consent_event_hash(e) AS computed
           FROM hub.consent_event e WHERE consent_id = $1) AS chain
        WHERE hash <> computed OR previous_hash IS DISTINCT FROM before`,
      [id],
    );
    expect(broken).toEqual([]);
  });

  it('holds the end of the link and of the consent by its own clock', async () => {
    const id = await given('authorized', { linkSeconds: 60 });
    const [row] = await dataSource.query<{ link: string; days: number }[]>(
      `SELECT extract(epoch FROM link_expires_at - created_at)::int AS link,
              extract(day FROM consent_expires_at - authorized_at)::int AS days FROM hub.consent WHERE id = $1`,
      [id],
    );
    expect(row).toEqual({ link: 60, days: 180 });
  });
});

describe('finding a consent', () => {
  it('is found by the hash of the state that came back', async () => {
    const hash = createHash('sha256').update('state').digest();
    const id = await given('initiated', { callbackStateHash: hash });
    expect((await consents.findByCallbackState(hash))?.id).toBe(id);
    expect(await consents.findByCallbackState(randomBytes(32))).toBeNull();
  });
});
