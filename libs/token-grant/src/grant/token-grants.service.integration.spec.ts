import { randomUUID } from 'node:crypto';
import { BankError } from '@consent-hub/bank-client';
import { Secret } from '@consent-hub/psd2-protocol';
import { ScriptedBank } from '@consent-hub/testing';
import { held } from '../../testing/held-call.js';
import { LONG_WAIT, ReplicasHarness } from '../../testing/replicas.harness.js';
import type { TokenGrants } from './token-grants.service.js';

let harness: ReplicasHarness;
let bank: ScriptedBank;
let grants: TokenGrants;
let other: TokenGrants;

beforeAll(async () => {
  harness = await ReplicasHarness.build();
});
afterAll(() => harness.close());
beforeEach(() => {
  bank = harness.bank = new ScriptedBank();
  grants = harness.replica('one').grants;
  other = harness.replica('two').grants;
});

const lostAfterRotation = () => {
  bank.rotate();
  return Promise.reject(new BankError('outcome_unknown'));
};
const lostBeforeRotation = () => Promise.reject(new BankError('outcome_unknown'));
const failing =
  (...args: ConstructorParameters<typeof BankError>) =>
  () =>
    Promise.reject(new BankError(...args));

describe('exchanging a code', () => {
  it('stores the first pair and spends code and verifier', async () => {
    const id = await harness.authorizedConsent();
    await grants.exchangeCode(id, LONG_WAIT);
    expect(await harness.stored(id)).toMatchObject({
      state: 'active',
      codeVerifier: null,
      authorizationCode: null,
    });
    expect(await harness.accessToken(id)).toBe('access-1');
    expect(await harness.statuses(id)).toEqual(['committed']);
  });

  it('sends the code with the verifier and redirect URI of its own consent', async () => {
    await grants.exchangeCode(await harness.authorizedConsent(), LONG_WAIT);
    const [request] = bank.requests;
    if (request?.grantType !== 'authorization_code') throw new Error('not a code grant');
    expect([request.code.reveal(), request.codeVerifier.reveal()]).toEqual(['code', 'verifier']);
    expect(request.redirectUri).toBe('https://tpp.example/callback/belfius');
  });

  it('asks the bank once when ten callers arrive together at two replicas', async () => {
    const id = await harness.authorizedConsent();
    const callers = Array.from({ length: 10 }, (_, n) =>
      (n % 2 ? other : grants).exchangeCode(id, LONG_WAIT),
    );
    await Promise.all(callers);
    expect(bank.requests).toHaveLength(1);
    expect(await harness.stored(id)).toMatchObject({ state: 'active' });
  });

  it('fails the consent when the bank refuses the code', async () => {
    const id = await harness.authorizedConsent();
    bank.next(failing('security_refused', { httpStatus: 401, errorCode: 'GEN-1203-100008' }));
    await expect(grants.exchangeCode(id, LONG_WAIT)).rejects.toMatchObject({
      code: 'consent_not_live',
      context: { state: 'failed', reason: 'code_refused' },
    });
  });

  it('is unfinished while no process works on it, and only then', async () => {
    const id = await harness.authorizedConsent();
    const unfinished = async () => (await grants.unfinishedExchanges(1000)).includes(id);
    expect(await unfinished()).toBe(false);
    await harness.dataSource.query(
      `UPDATE hub.consent SET authorized_at = now() - interval '1 minute' WHERE id = $1`,
      [id],
    );
    expect(await unfinished()).toBe(true);

    const { gate, release, started, reached } = held();
    bank.next(async () => {
      reached();
      await gate;
      return bank.rotate();
    });
    const exchange = grants.exchangeCode(id, LONG_WAIT);
    await started;
    expect(await unfinished()).toBe(false);
    await harness.leaseEnds(id);
    expect(await unfinished()).toBe(true);
    release();
    await exchange;
    expect(await unfinished()).toBe(false);
  });

  it('retires the consent it renews in the same moment', async () => {
    const psuRef = randomUUID();
    const old = await harness.liveConsent(psuRef);
    const successor = await harness.authorizedConsent(psuRef);
    await grants.exchangeCode(successor, LONG_WAIT);
    expect(await harness.stored(old)).toMatchObject({ state: 'superseded', supersededBy: successor });
    expect((await harness.stored(old)).tokenPair?.refreshToken).toBeNull();
  });

  it('leaves one live consent when two renewals of one person finish together', async () => {
    const psuRef = randomUUID();
    await harness.liveConsent(psuRef);
    const first = await harness.authorizedConsent(psuRef);
    const second = await harness.authorizedConsent(psuRef);
    await Promise.all([grants.exchangeCode(first, LONG_WAIT), other.exchangeCode(second, LONG_WAIT)]);
    const states = [(await harness.stored(first)).state, (await harness.stored(second)).state].sort();
    // Which ends how depends on whose exchange was sent later: the bank keeps that pair.
    expect([
      ['active', 'superseded'],
      ['active', 'failed'],
    ]).toContainEqual(states);
  });
});

describe('refreshing a pair', () => {
  it('asks the bank once when twenty callers arrive together at two replicas', async () => {
    const id = await harness.liveConsent();
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? other : grants).refresh(id, 1, LONG_WAIT)),
    );
    expect(bank.livePair).toBe(2);
    expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
    expect(await harness.accessToken(id)).toBe('access-2');
  });

  it('does not ask for a generation that is no longer the current one', async () => {
    const id = await harness.liveConsent();
    await grants.refresh(id, 1, LONG_WAIT);
    await grants.refresh(id, 1, LONG_WAIT);
    expect(bank.livePair).toBe(2);
  });

  it('continues when its caller has left, and keeps the late answer', async () => {
    const id = await harness.liveConsent();
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
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
  });

  it('tries again when nothing reached the bank, each time as a request of its own', async () => {
    const id = await harness.liveConsent();
    bank.next(failing('not_sent'), failing('busy', { httpStatus: 503 }));
    await grants.refresh(id, 1, LONG_WAIT);
    expect(await harness.statuses(id)).toEqual(['committed', 'not_sent', 'not_sent', 'committed']);
    expect(new Set(bank.requests.map(({ requestId }) => requestId)).size).toBe(4);
  });

  it('gives up after three tries and leaves the consent as it was', async () => {
    const id = await harness.liveConsent();
    bank.next(failing('not_sent'), failing('not_sent'), failing('not_sent'));
    await expect(grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'bank_unavailable' });
    expect(await harness.stored(id)).toMatchObject({ state: 'active', tokenPair: { generation: 1 } });
  });

  it('ends the consent as withdrawn when the PSU withdrew it at the bank', async () => {
    const id = await harness.liveConsent();
    bank.next(failing('consent_withdrawn', { httpStatus: 403, error: 'NO_ACTIVE_CONSENT' }));
    await expect(grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'consent_not_live' });
    expect(await harness.stored(id)).toMatchObject({ state: 'revoked', stateReason: 'withdrawn_at_bank' });
    expect((await harness.stored(id)).tokenPair?.refreshToken).toBeNull();
  });

  it.each(['request_refused', 'client_refused', 'security_refused', 'access_token_refused'] as const)(
    'ends nothing for an unexplained refusal (%s), but reports and records it',
    async (code) => {
      const id = await harness.liveConsent();
      bank.next(failing(code, { httpStatus: 400, error: 'UNKNOWN', errorCode: 'X-1' }));
      await expect(grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({
        code: 'bank_refused',
        context: { bankError: 'UNKNOWN', bankErrorCode: 'X-1' },
      });
      expect(await harness.stored(id)).toMatchObject({ state: 'active', tokenPair: { generation: 1 } });
      expect(await harness.eventTypes(id)).toContain('grant_refused');
    },
  );

  it('drops a pair that arrives after the consent was revoked', async () => {
    const id = await harness.liveConsent();
    const { gate, release, started, reached } = held();
    bank.next(async () => {
      reached();
      await gate;
      return bank.rotate();
    });
    const refresh = grants.refresh(id, 1, LONG_WAIT);
    await started;
    await harness.dataSource.transaction((tx) =>
      harness.consents.move(tx, id, {
        to: 'revoked',
        data: { reason: 'withdrawn_by_tpp' },
        actor: 'client:test',
      }),
    );
    release();
    await refresh.catch(() => undefined);
    expect(await harness.statuses(id)).toEqual(['committed', 'overtaken']);
    expect((await harness.stored(id)).tokenPair).toMatchObject({ generation: 1, accessToken: null });
  });
});

describe('a lost answer', () => {
  it('leaves the pair in doubt and sends no request before the lease ends', async () => {
    const id = await harness.liveConsent();
    bank.next(lostAfterRotation);
    await expect(grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'grant_in_doubt' });
    await expect(other.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'grant_in_doubt' });
    expect(bank.requests).toHaveLength(2);
    expect(await harness.stored(id)).toMatchObject({ state: 'active' });
    expect(await harness.eventTypes(id)).toContain('grant_in_doubt');
  });

  it('is repaired by one probe when the bank had not rotated', async () => {
    const id = await harness.liveConsent();
    bank.next(lostBeforeRotation);
    await grants.refresh(id, 1, LONG_WAIT).catch(() => undefined);
    await harness.leaseEnds(id);
    await Promise.all([grants.refresh(id, 1, LONG_WAIT), other.refresh(id, 1, LONG_WAIT)]);
    expect(await harness.statuses(id)).toEqual(['committed', 'probed', 'committed']);
    expect(await harness.accessToken(id)).toBe('access-2');
  });

  it('ends the consent as lost when the probe finds that the bank had rotated', async () => {
    const id = await harness.liveConsent();
    bank.next(lostAfterRotation);
    await grants.refresh(id, 1, LONG_WAIT).catch(() => undefined);
    await harness.leaseEnds(id);
    await expect(grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'consent_not_live' });
    expect(await harness.stored(id)).toMatchObject({ state: 'failed', stateReason: 'rotation_lost' });
  });

  it('may be probed at once when the bank itself answered with an error', async () => {
    const id = await harness.liveConsent();
    bank.next(failing('outcome_unknown', { httpStatus: 500, callIsOver: true }));
    await grants.refresh(id, 1, LONG_WAIT).catch(() => undefined);
    await grants.refresh(id, 1, LONG_WAIT);
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
  });

  it('that arrives late takes precedence over the probe that was sent before it arrived', async () => {
    const id = await harness.liveConsent();
    const { gate, release, started, reached } = held();
    bank.next(async () => {
      const answer = bank.rotate();
      reached();
      await gate;
      return answer;
    });
    const slow = grants.refresh(id, 1, LONG_WAIT);
    await started;
    await harness.leaseEnds(id);
    bank.next(async () => {
      release();
      await slow;
      throw new BankError('refresh_token_refused', { httpStatus: 401 });
    });
    await other.refresh(id, 1, LONG_WAIT).catch(() => undefined);
    expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
    expect(await harness.accessToken(id)).toBe('access-2');
  });

  it('of a process that ended is probed by another replica after its lease', async () => {
    const id = await harness.liveConsent();
    const dead = harness.replica('dead').grants;
    bank.next(() => new Promise(() => undefined));
    void dead.refresh(id, 1, { waitMs: 1 }).catch(() => undefined);
    while ((await harness.statuses(id)).at(-1) !== 'sent') await new Promise(setImmediate);
    await harness.leaseEnds(id);
    await grants.refresh(id, 1, LONG_WAIT);
    expect(await harness.statuses(id)).toEqual(['committed', 'probed', 'committed']);
    expect(await harness.eventTypes(id)).toContain('grant_in_doubt');
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

  it('is stored sealed, and no probe asks the bank again', async () => {
    const id = await harness.liveConsent();
    bank.next(garbled);
    await expect(grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'bank_answer_unreadable' });
    await expect(grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'bank_answer_unreadable' });
    expect(bank.requests).toHaveLength(2);
    const stored = (await harness.journal(id)).at(-1);
    expect(stored?.status).toBe('received');
    expect(stored?.rawAnswer?.toString('latin1')).not.toContain('access_token');
  });

  it('becomes the next pair once it can be read', async () => {
    const id = await harness.liveConsent();
    bank.next(garbled);
    await grants.refresh(id, 1, LONG_WAIT).catch(() => undefined);
    const read = jest.spyOn(bank, 'readTokenAnswer').mockReturnValue({
      accessToken: new Secret('access-2'),
      refreshToken: new Secret('refresh-2'),
      expiresInSeconds: 3600,
    });
    await grants.refresh(id, 1, LONG_WAIT);
    expect(read).toHaveBeenCalledTimes(1);
    expect(await harness.accessToken(id)).toBe('access-2');
    expect(await harness.statuses(id)).toEqual(['committed', 'committed']);
  });
});
