import { randomUUID } from 'node:crypto';
import { BankError } from '@consent-hub/bank-client';
import { Secret } from '@consent-hub/psd2-protocol';
import { LONG_WAIT, ReplicasHarness, type Replica } from '../../testing/replicas.harness.js';

let harness: ReplicasHarness;
let one: Replica;

beforeAll(async () => {
  harness = await ReplicasHarness.build();
  one = harness.replica('one');
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => harness.close());

const PAGE = '<!DOCTYPE html><html><body>We are back soon</body></html>';
/** Names a token, in words that this version does not know. */
const OTHER_NAMES = '{"accessToken":"at-2","refreshToken":"rt-2"}';
const success =
  (body: string, facts: object = {}) =>
  () =>
    Promise.resolve({ httpStatus: 200, body: new Secret(body), responseIdMatches: false, ...facts });
const swallow = () => undefined;

/** The refresh tokens that the bank was shown. */
const spent = () =>
  harness.bank.requests.flatMap((request) =>
    request.grantType === 'refresh_token' ? [request.refreshToken.reveal()] : [],
  );
const unlessRotated = () => Promise.resolve(harness.bank.rotate());

/** A version before this one meets the next answer. */
const cannotReadYet = () =>
  jest.spyOn(harness.bank, 'readTokenAnswer').mockImplementationOnce(() => {
    throw new BankError('unreadable_answer', { holdsPair: true });
  });

/** A consent whose refresh was answered so. */
async function refreshAnswered(body: string, facts?: object, before = swallow): Promise<string> {
  const id = await harness.liveConsent();
  before();
  harness.bank.next(success(body, facts));
  await one.grants.refresh(id, 1, LONG_WAIT).catch(swallow);
  return id;
}

/** Its pair is due, and another hub claims it. */
async function claimed(id: string): Promise<string[]> {
  await harness.dataSource.query(`UPDATE hub.token_pair SET refresh_due_at = NULL WHERE consent_id <> $1`, [
    id,
  ]);
  await harness.dataSource.query(`UPDATE hub.token_pair SET refresh_due_at = now() WHERE consent_id = $1`, [
    id,
  ]);
  return (await harness.replica(randomUUID()).due.claim('belfius', 5)).map(({ consentId }) => consentId);
}

describe('a success without a pair', () => {
  it.each([
    ['a maintenance page', PAGE],
    ['nothing', ''],
    ['JSON that grants nothing', '{"status":"maintenance"}'],
    ['tokens that are null', '{"access_token":null,"refresh_token":null}'],
  ])('leaves the refresh in doubt, and the next one refreshes: %s', async (_what, body) => {
    const id = await harness.liveConsent();
    harness.bank.next(success(body));

    await expect(one.grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'grant_in_doubt' });
    expect(await harness.statuses(id)).toEqual(['committed', 'in_doubt']);
    expect(await harness.lastEvent(id)).toMatchObject({
      type: 'grant_in_doubt',
      data: { outcome: 'unreadable_answer', http_status: 200 },
    });
    await one.grants.refresh(id, 1, LONG_WAIT);

    expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
    expect(await harness.statuses(id)).toEqual(['committed', 'probed', 'committed']);
  });

  it('leaves an exchange in doubt, and the code is exchanged when the bank is well', async () => {
    const id = await harness.authorizedConsent();
    harness.bank.next(success(PAGE), success(PAGE));
    for (let n = 0; n < 2; n++)
      await expect(one.grants.exchangeCode(id, LONG_WAIT)).rejects.toMatchObject({ code: 'grant_in_doubt' });

    await one.grants.exchangeCode(id, LONG_WAIT);

    expect(await harness.stored(id)).toMatchObject({ state: 'active', tokenPair: { generation: 1 } });
  });

  it('may be claimed again at once when it is due, by another hub as well', async () => {
    const id = await refreshAnswered(PAGE);

    await expect(claimed(id)).resolves.toEqual([id]);
  });

  it('shows that the pair is lost when the bank refuses it afterwards', async () => {
    const id = await harness.liveConsent();
    harness.bank.next(
      () => (harness.bank.rotate(), success(PAGE)()),
      () => Promise.reject(new BankError('refresh_token_refused', { httpStatus: 401 })),
    );

    for (let n = 0; n < 2; n++) await one.grants.refresh(id, 1, LONG_WAIT).catch(swallow);

    expect(await harness.stored(id)).toMatchObject({ state: 'failed', stateReason: 'rotation_lost' });
  });

  it('waits for the lease when it answers another request: ours may still be under way', async () => {
    const id = await refreshAnswered(PAGE, { isToAnotherRequest: true });
    const calls = harness.bank.requests.length;

    await expect(one.grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'grant_in_doubt' });
    expect(harness.bank.requests).toHaveLength(calls);
    await harness.leaseEnds(id);
    await one.grants.refresh(id, 1, LONG_WAIT);
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
  });

  it('of a process that ended is no news to the next one, which refreshes', async () => {
    const id = await harness.liveConsent();
    const doomed = harness.replica('doomed');
    await doomed.start();
    harness.bank.next(success(PAGE));
    jest.spyOn(harness.consents, 'record').mockRejectedValueOnce(new Error('killed'));
    await expect(doomed.grants.refresh(id, 1, LONG_WAIT)).rejects.toThrow('killed');
    expect(await harness.statuses(id)).toEqual(['committed', 'sent']);
    await doomed.die();

    const { start, recovery, grants } = harness.replica('successor');
    await start();
    const replayed = jest.spyOn(harness.bank, 'readTokenAnswer');
    await recovery.sweep();
    await recovery.sweep();

    expect(replayed).not.toHaveBeenCalled();
    expect(await harness.statuses(id)).toEqual(['committed', 'in_doubt']);
    expect(await harness.eventTypes(id)).toContain('grant_in_doubt');
    await grants.refresh(id, 1, LONG_WAIT);
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
  });

  it('stays in doubt when a failover has forgotten that it was asked for', async () => {
    const id = await harness.liveConsent();
    const before = await harness.backup();
    harness.bank.next(success(PAGE));
    await one.grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    await harness.restore(before);

    const { start, recovery, grants } = harness.replica(randomUUID());
    await start();
    await recovery.sweep();

    expect(await harness.statuses(id)).toEqual(['committed', 'in_doubt']);
    await grants.refresh(id, 1, LONG_WAIT);
    expect(await harness.statuses(id)).toEqual(['committed', 'probed', 'committed']);
  });
});

describe('an answer that is waited for', () => {
  it('is read again by the next version at its start, and what holds no pair is in doubt from then on', async () => {
    const id = await refreshAnswered(PAGE, {}, () => void cannotReadYet());
    expect(await harness.statuses(id)).toEqual(['committed', 'received']);

    const next = harness.replica(randomUUID());
    await next.start();

    expect(await harness.journal(id)).toMatchObject([{}, { status: 'in_doubt', rawAnswer: null }]);
    await next.grants.refresh(id, 1, LONG_WAIT);
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
  });

  it('is found to hold no pair by a caller of the next version, who gets one', async () => {
    const id = await refreshAnswered(PAGE, {}, () => void cannotReadYet());

    await one.grants.refresh(id, 1, LONG_WAIT);

    expect(await harness.statuses(id)).toEqual(['committed', 'probed', 'committed']);
  });

  it('is read by the next version, also when an older version that runs with it has stored it since', async () => {
    const next = harness.replica(randomUUID());
    await next.start();
    const pair = JSON.stringify({ access_token: 'at-2', refresh_token: 'rt-2' });
    const id = await refreshAnswered(pair, {}, () => void cannotReadYet());
    expect(await harness.statuses(id)).toEqual(['committed', 'received']);

    await next.unreadable.run();

    expect(await harness.accessToken(id)).toBe('at-2');
    const unread = await refreshAnswered(OTHER_NAMES);
    const read = jest.spyOn(harness.bank, 'readTokenAnswer').mockClear();
    await next.unreadable.run();
    expect(read).toHaveBeenCalled();
    read.mockClear();
    await next.unreadable.run();
    expect(read).not.toHaveBeenCalled();
    expect(await harness.statuses(unread)).toEqual(['committed', 'received']);
  });

  it('blocks nothing once an admin gives it up: the next request asks the bank again', async () => {
    const id = await refreshAnswered(OTHER_NAMES);
    const [, request] = await harness.journal(id);
    await expect(one.grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({
      code: 'bank_answer_unreadable',
    });

    await expect(one.unreadable.giveUp(request?.requestId ?? '', 'hub:cli')).resolves.toBe(id);

    expect(await harness.lastEvent(id)).toMatchObject({
      type: 'grant_in_doubt',
      actor: 'hub:cli',
      data: { request_id: request?.requestId, given_up: true },
    });
    expect(await harness.journal(id)).toMatchObject([
      {},
      { status: 'in_doubt', rawAnswer: expect.any(Buffer) },
    ]);
    await one.grants.refresh(id, 1, LONG_WAIT);
    expect(await harness.statuses(id)).toEqual(['committed', 'probed', 'committed']);
    // What it held is of no use any more.
    await one.stale.forgetOvertaken();
    expect(await harness.journal(id)).toMatchObject([{}, { status: 'probed', rawAnswer: null }, {}]);
    await expect(one.unreadable.giveUp(request?.requestId ?? '', 'hub:cli')).resolves.toBeNull();
  });

  it('stays stored when the pair is lost after it was given up, and brings it back once it can be read', async () => {
    const id = await harness.liveConsent();
    harness.bank.next(() => (harness.bank.rotate(), success(OTHER_NAMES)()));
    await one.grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    const [, request] = await harness.journal(id);
    await one.unreadable.giveUp(request?.requestId ?? '', 'hub:cli');
    await one.grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    expect((await harness.stored(id)).stateReason).toBe('rotation_lost');

    jest.spyOn(harness.bank, 'readTokenAnswer').mockReturnValue({
      accessToken: new Secret('at-2'),
      refreshToken: new Secret('rt-2'),
      expiresInSeconds: 3600,
    });
    await expect(one.unreadable.reparse(request?.requestId)).resolves.toMatchObject([
      { result: 'committed' },
    ]);
    expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
  });

  it('is waited for again when a failover has forgotten it', async () => {
    const id = await harness.liveConsent();
    const before = await harness.backup();
    harness.bank.next(success(OTHER_NAMES));
    await one.grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    await harness.restore(before);

    const { start, recovery, grants } = harness.replica(randomUUID());
    await start();
    await recovery.sweep();

    expect(await harness.journal(id)).toMatchObject([
      {},
      { status: 'received', rawAnswer: expect.any(Buffer) },
    ]);
    await expect(grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'bank_answer_unreadable' });
  });

  it('blocks nothing once a later pair is there', async () => {
    const id = await refreshAnswered(OTHER_NAMES);
    await harness.dataSource.query(`UPDATE hub.token_pair SET generation = 2 WHERE consent_id = $1`, [id]);

    await one.stale.forgetOvertaken();

    expect(await harness.journal(id)).toMatchObject([{}, { status: 'overtaken', rawAnswer: null }]);
  });
});

describe('a refresh that leaves the refresh token as it is (RFC 6749 section 6)', () => {
  const alone = (accessToken: string) =>
    success(JSON.stringify({ access_token: accessToken, token_type: 'Bearer', expires_in: 3600 }), {
      responseIdMatches: true,
    });

  it('serves the new access token, and the next refresh sends the same refresh token', async () => {
    const id = await harness.liveConsent();
    const [token] = [`refresh-${harness.bank.livePair}`];
    const before = spent().length;
    harness.bank.next(alone('at-2'), alone('at-3'), unlessRotated);

    await one.grants.refresh(id, 1, LONG_WAIT);
    expect(await harness.accessToken(id)).toBe('at-2');
    await one.grants.refresh(id, 2, LONG_WAIT);
    expect(await harness.accessToken(id)).toBe('at-3');
    await one.grants.refresh(id, 3, LONG_WAIT);

    expect(spent().slice(before)).toEqual([token, token, token]);
    expect((await harness.stored(id)).tokenPair?.generation).toBe(4);
    expect(await harness.statuses(id)).toEqual(Array.from({ length: 4 }, () => 'committed'));
  });

  it('is whole in the spool of a process that ended', async () => {
    const id = await harness.liveConsent();
    const token = `refresh-${harness.bank.livePair}`;
    harness.bank.next(alone('at-2'), unlessRotated);
    harness.settlementFails(new Error('killed'));
    await expect(harness.replica('doomed').grants.refresh(id, 1, LONG_WAIT)).rejects.toThrow('killed');

    const { start, grants } = harness.replica(randomUUID());
    await start();

    expect(await harness.accessToken(id)).toBe('at-2');
    await grants.refresh(id, 2, LONG_WAIT);
    expect(spent().at(-1)).toBe(token);
  });

  it.each([0, 1, 2])(
    'is the latest pair after a restore to generation %i, together with its refresh token',
    async (generation) => {
      const id = await harness.authorizedConsent();
      const backups = [await harness.backup()];
      await one.grants.exchangeCode(id, LONG_WAIT);
      const token = `refresh-${harness.bank.livePair}`;
      backups.push(await harness.backup());
      harness.bank.next(alone('at-2'));
      await one.grants.refresh(id, 1, LONG_WAIT);
      backups.push(await harness.backup());
      harness.bank.next(alone('at-3'));
      await one.grants.refresh(id, 2, LONG_WAIT);
      await harness.restore(backups[generation] ?? {});

      const { start, recovery, grants } = harness.replica(randomUUID());
      await start();
      await recovery.sweep();

      expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 3 } });
      expect(await harness.accessToken(id)).toBe('at-3');
      harness.bank.next(unlessRotated);
      await grants.refresh(id, 3, LONG_WAIT);
      expect(spent().at(-1)).toBe(token);
    },
  );

  it('is stored from the journal, where a version before did not know what to do with it', async () => {
    const live = await harness.liveConsent();
    const token = `refresh-${harness.bank.livePair}`;
    cannotReadYet();
    harness.bank.next(alone('at-2'), unlessRotated);
    await one.grants.refresh(live, 1, LONG_WAIT).catch(swallow);
    expect(await harness.statuses(live)).toEqual(['committed', 'received']);

    await harness.replica(randomUUID()).start();

    expect(await harness.accessToken(live)).toBe('at-2');
    await one.grants.refresh(live, 2, LONG_WAIT);
    expect(spent().at(-1)).toBe(token);
  });

  it('is no way to answer a code: the answer is stored, and the code is not sent again', async () => {
    const id = await harness.authorizedConsent();
    harness.bank.next(alone('at-1'));
    const calls = harness.bank.requests.length;

    for (let n = 0; n < 2; n++)
      await expect(one.grants.exchangeCode(id, LONG_WAIT)).rejects.toMatchObject({
        code: 'bank_answer_unreadable',
      });

    expect(harness.bank.requests).toHaveLength(calls + 1);
    expect(await harness.journal(id)).toMatchObject([{ status: 'received', rawAnswer: expect.any(Buffer) }]);
    const [request] = await harness.journal(id);
    await one.unreadable.giveUp(request?.requestId ?? '', 'hub:cli');
    await one.grants.exchangeCode(id, LONG_WAIT);
    expect((await harness.stored(id)).state).toBe('active');
  });
});
