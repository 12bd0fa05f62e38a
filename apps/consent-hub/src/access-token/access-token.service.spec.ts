import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import {
  ConsentError,
  type ConsentEntity,
  type PairRefresh,
  type TokenUse,
  TokenReadTally,
  type VisibleConsents,
} from '@consent-hub/consent';
import { RequestTrace, type Caller } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import type { AccessTokenQuery, SealedPair, TokenRow } from './access-token.query.js';
import { AccessTokenService } from './access-token.service.js';
import { ScopeRefusalService } from './scope-refusal.service.js';
import { TokenHandOut } from './token-hand-out.service.js';

const ID = '01920000-0000-7000-8000-000000000001';
const CALLER: Caller = {
  id: ID,
  name: 'service',
  permissions: new Set(['tokens:read']),
  tokenScopes: new Set(['AIS']),
};
const READER = { caller: CALLER, trace: new RequestTrace('order-17') };
const PERSON = { brand: 'belfius', psuRef: 'customer-4711', scope: 'AIS' } as const;
const vault = new TokenVault(KeyRing.parse(`k1:${randomBytes(32).toString('base64')}`));

const row = (generation: number, expiresInSeconds: number, fields: Partial<TokenRow> = {}): TokenRow => {
  const binding = { consentId: ID, purpose: 'access_token', generation } as const;
  const pair: SealedPair = {
    generation,
    accessToken: vault.seal(new Secret(`access-${generation}`), binding),
    expiresAt: new Date(0),
    expiresInSeconds,
    ageSeconds: 3600 - expiresInSeconds,
    logicalId: null,
    isInDoubt: false,
  };
  return { consentId: ID, scope: 'AIS', state: 'active', reason: null, pair, ...fields };
};

/** What the database holds, before and after a refresh. */
let stored: TokenRow | null;
const refresh = jest.fn<Promise<void>, Parameters<PairRefresh['refresh']>>();
const refreshStores = (next: TokenRow): void => {
  refresh.mockImplementation(() => {
    stored = next;
    return Promise.resolve();
  });
};
const read = () => Promise.resolve(stored);
const query: Pick<AccessTokenQuery, 'byConsent' | 'byPerson'> = { byConsent: read, byPerson: read };
const record = jest.fn<void, Parameters<TokenUse['record']>>();
/** Whether the caller may see the consent, apart from its tokens. */
let isVisible: boolean;
const visible: Pick<VisibleConsents, 'get'> = {
  get: (_caller, consentId) =>
    stored && isVisible
      ? Promise.resolve({ scope: stored.scope } as ConsentEntity)
      : Promise.reject(new ConsentError('consent_not_found', { consentId })),
};
const refusal = new ScopeRefusalService(visible as VisibleConsents);
/** What is counted, of all tests. */
const tally = new TokenReadTally();
const tokens = new AccessTokenService(
  query as AccessTokenQuery,
  { refresh, minIntervalSeconds: 30 },
  new TokenHandOut(vault, { record }, tally),
  refusal,
);
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it was served');
    },
    (error: unknown) => error,
  );

beforeEach(() => {
  refresh.mockReset().mockResolvedValue();
  record.mockReset();
  isVisible = false;
});

describe('handing out an access token', () => {
  it('takes it from the database as long as it lasts, and asks the bank for nothing', async () => {
    stored = row(3, 1);
    const token = await tokens.forConsent(READER, ID, 0);
    expect(token).toMatchObject({ generation: 3, expiresInSeconds: 1, isValidLongEnough: true });
    expect(token.value.reveal()).toBe('access-3');
    expect(refresh).not.toHaveBeenCalled();
  });

  it('is counted as a use by that client, once, and not when there is nothing to hand out', async () => {
    stored = row(3, 600);
    await tokens.forConsent(READER, ID, 0);
    await tokens.forPerson(READER, PERSON, 0);
    expect(record.mock.calls).toEqual([
      [ID, CALLER.id],
      [ID, CALLER.id],
    ]);
    stored = row(3, -5, { state: 'revoked' });
    await failure(tokens.forConsent(READER, ID, 0));
    expect(record).toHaveBeenCalledTimes(2);
  });

  it.each([
    [600, 600, 0],
    [599, 600, 1],
    [0, 0, 1],
    [-5, 0, 1],
  ])('with %i seconds left and %i asked refreshes %i times', async (left, asked, times) => {
    stored = row(3, left);
    refreshStores(row(4, 3600, { state: 'refreshed' }));
    const token = await tokens.forConsent(READER, ID, asked);
    expect(refresh).toHaveBeenCalledTimes(times);
    expect(token).toMatchObject({ generation: 3 + times, isValidLongEnough: true });
    expect(token.value.reveal()).toBe(`access-${3 + times}`);
  });

  it('asks for no more validity than a refresh of a moment ago has brought', async () => {
    const young = row(4, 3590);
    stored = { ...young, pair: young.pair && { ...young.pair, ageSeconds: 29 } };
    const token = await tokens.forConsent(READER, ID, 3600);
    expect(token).toMatchObject({ generation: 4, isValidLongEnough: false });
    expect(refresh).not.toHaveBeenCalled();
    stored = { ...young, pair: young.pair && { ...young.pair, ageSeconds: 30 } };
    await tokens.forConsent(READER, ID, 3600);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('refreshes the generation that it saw, and waits ten seconds at most', async () => {
    stored = row(3, 0);
    refreshStores(row(4, 3600));
    await tokens.forConsent(READER, ID, 0);
    expect(refresh.mock.calls).toEqual([[ID, 3, { waitMs: 10_000, trace: READER.trace, isForced: false }]]);
  });

  it.each([
    ['the bank is away', new ConsentError('bank_unavailable', { consentId: ID })],
    ['the refresh takes too long', new ConsentError('grant_in_progress', { consentId: ID })],
    ['the answer was lost', new ConsentError('grant_in_doubt', { consentId: ID })],
    ['something unforeseen happens', new Error('unforeseen')],
  ])('serves the present token while it lasts when %s', async (_what, error) => {
    const log = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    stored = row(3, 100);
    refresh.mockRejectedValue(error);
    expect(await tokens.forConsent(READER, ID, 600)).toMatchObject({
      generation: 3,
      isValidLongEnough: false,
    });
    expect(log).toHaveBeenCalledTimes(error instanceof ConsentError ? 0 : 1);
    log.mockRestore();
  });

  it('fails as the refresh failed when the present token has expired', async () => {
    stored = row(3, 0);
    const error = new ConsentError('bank_unavailable', { consentId: ID, retryAfterSeconds: 7 });
    refresh.mockRejectedValue(error);
    expect(await failure(tokens.forConsent(READER, ID, 0))).toBe(error);
  });

  it('serves the pair of another replica though its own refresh failed', async () => {
    stored = row(3, 0);
    refresh.mockImplementation(() => {
      stored = row(4, 3600);
      return Promise.reject(new ConsentError('grant_in_progress', { consentId: ID }));
    });
    expect(await tokens.forConsent(READER, ID, 0)).toMatchObject({ generation: 4, isValidLongEnough: true });
  });

  it('refreshes once, also when the new token lasts less than was asked', async () => {
    stored = row(3, 10);
    refreshStores(row(4, 60));
    expect(await tokens.forConsent(READER, ID, 600)).toMatchObject({
      generation: 4,
      isValidLongEnough: false,
    });
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('never serves a token that has expired, not even a new one', async () => {
    stored = row(3, 0);
    refreshStores(row(4, 0));
    expect(await failure(tokens.forConsent(READER, ID, 0))).toMatchObject({
      code: 'bank_unavailable',
      context: { retryAfterSeconds: 1 },
    });
  });

  it('says so when the refresh ended the consent', async () => {
    stored = row(3, 100);
    refresh.mockImplementation(() => {
      stored = row(3, 100, { state: 'failed', reason: 'refresh_refused' });
      return Promise.reject(new ConsentError('consent_not_live', { consentId: ID }));
    });
    expect(await failure(tokens.forConsent(READER, ID, 600))).toMatchObject({
      code: 'consent_not_live',
      context: { state: 'failed', reason: 'refresh_refused' },
    });
  });

  it.each([
    ['has not begun', { state: 'initiated', pair: null }],
    ['is being exchanged', { state: 'authorized', pair: null }],
    ['ended, though its pair is kept', { state: 'failed', reason: 'rotation_lost' }],
    ['was revoked', { state: 'revoked', reason: 'withdrawn_by_tpp', pair: null }],
  ] as const)('is refused for a consent that %s', async (_what, fields) => {
    stored = row(3, 100, fields);
    const reason = 'reason' in fields ? fields.reason : null;
    expect(await failure(tokens.forConsent(READER, ID, 0))).toMatchObject({
      code: 'consent_not_live',
      context: { consentId: ID, state: fields.state, reason },
    });
    expect(refresh).not.toHaveBeenCalled();
  });

  it('is refused alike for no consent and for one that is neither seen nor of a granted scope', async () => {
    stored = null;
    const unknown = await failure(tokens.forConsent(READER, ID, 0));
    stored = row(3, 100, { scope: 'PIS' });
    const foreign = await failure(tokens.forConsent(READER, ID, 600));
    expect(unknown).toMatchObject({ code: 'consent_not_found', context: { consentId: ID } });
    expect(foreign).toEqual(unknown);
    expect(refresh).not.toHaveBeenCalled();
  });

  it('is refused by its scope to one who may see the consent anyway', async () => {
    isVisible = true;
    stored = row(3, 0, { scope: 'PIS' });
    const refused = { details: { status: 403, code: 'scope_not_granted' } };
    expect(await failure(tokens.forConsent(READER, ID, 600))).toMatchObject(refused);
    expect(await failure(tokens.afterRejection(READER, ID, 3))).toMatchObject(refused);
    expect(refresh).not.toHaveBeenCalled();
    expect(record).not.toHaveBeenCalled();
  });
});

describe('handing out the token of a person', () => {
  it('serves that of the live consent', async () => {
    stored = row(3, 100);
    expect(await tokens.forPerson(READER, PERSON, 0)).toMatchObject({ consentId: ID, generation: 3 });
  });

  it('is refused for a scope that is not granted, whether or not there is a consent', async () => {
    stored = null;
    const error = await failure(tokens.forPerson(READER, { ...PERSON, scope: 'PIS' }, 0));
    expect(error).toMatchObject({ details: { status: 403, code: 'scope_not_granted' } });
  });

  it('is refused when no consent is live', async () => {
    stored = null;
    const error = await failure(tokens.forPerson(READER, PERSON, 0));
    expect(error).toMatchObject({ details: { status: 404, code: 'consent_not_found' } });
  });
});

describe('a token that the bank refused', () => {
  it('is replaced when it is the current one, however long it would last', async () => {
    stored = row(3, 3000);
    refreshStores(row(4, 3600));
    expect(await tokens.afterRejection(READER, ID, 3)).toMatchObject({ generation: 4 });
    expect(refresh.mock.calls).toEqual([[ID, 3, { waitMs: 10_000, trace: READER.trace, isForced: true }]]);
  });

  it.each([2, 4])('causes no refresh when generation %i is named and 3 is current', async (generation) => {
    stored = row(3, 3000);
    expect(await tokens.afterRejection(READER, ID, generation)).toMatchObject({ generation: 3 });
    expect(refresh).not.toHaveBeenCalled();
  });

  it('is not served again when the refresh fails', async () => {
    stored = row(3, 3000);
    const error = new ConsentError('bank_unavailable', { consentId: ID });
    refresh.mockRejectedValue(error);
    expect(await failure(tokens.afterRejection(READER, ID, 3))).toBe(error);
  });

  it('cannot be named by a caller that may not read it', async () => {
    stored = row(3, 3000, { scope: 'CAF' });
    expect(await failure(tokens.afterRejection(READER, ID, 3))).toMatchObject({ code: 'consent_not_found' });
    expect(refresh).not.toHaveBeenCalled();
  });
});

describe('the count of reads', () => {
  const counted = async (read: () => Promise<unknown>) => {
    const of = () =>
      new Map(tally.read().map(({ result, code, count }) => [`${result} ${code}`.trim(), count]));
    const before = of();
    await read().catch(() => undefined);
    return [...of()].filter(([key, count]) => count !== (before.get(key) ?? 0)).map(([key]) => key);
  };

  it('distinguishes reads of a stored token from those that refreshed it, and from those that could not', async () => {
    stored = row(1, 3600);
    expect(await counted(() => tokens.forConsent(READER, ID, 60))).toEqual(['served']);
    stored = row(1, 30);
    refreshStores(row(2, 3600));
    expect(await counted(() => tokens.forConsent(READER, ID, 60))).toEqual(['refreshed']);
    stored = row(1, 30);
    refresh.mockRejectedValue(new ConsentError('bank_unavailable', { consentId: ID }));
    expect(await counted(() => tokens.forConsent(READER, ID, 60))).toEqual(['unrefreshed']);
  });

  it('has each refused read once, by code', async () => {
    stored = row(1, -1);
    refresh.mockRejectedValue(new ConsentError('bank_unavailable', { consentId: ID }));
    expect(await counted(() => tokens.forConsent(READER, ID, 60))).toEqual(['refused bank_unavailable']);
    stored = row(2, 3600);
    expect(await counted(() => tokens.afterRejection(READER, ID, 2))).toEqual(['refused bank_unavailable']);
    stored = row(2, 3600, { state: 'revoked' });
    expect(await counted(() => tokens.forPerson(READER, PERSON, 0))).toEqual(['refused consent_not_live']);
  });

  it('counts a read after a rejected token as refreshed', async () => {
    stored = row(2, 3600);
    refreshStores(row(3, 3600));
    expect(await counted(() => tokens.afterRejection(READER, ID, 2))).toEqual(['refreshed']);
  });
});
