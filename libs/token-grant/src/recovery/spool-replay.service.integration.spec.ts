import { appendFile, readdir, readFile, utimes } from 'node:fs/promises';
import path from 'node:path';
import { QueryFailedError } from 'typeorm';
import { newId } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { VaultError } from '@consent-hub/token-vault';
import { LONG_WAIT, ReplicasHarness } from '../../testing/replicas.harness.js';

let harness: ReplicasHarness;

beforeEach(async () => {
  harness = await ReplicasHarness.build();
});
afterEach(() => harness.close());

const files = async () => (await readdir(harness.spoolDir)).filter((name) => name.endsWith('.answers'));

/** A replica whose process ends between the bank's answer and the database. */
async function diesWithAnswer(consentId: string): Promise<void> {
  const doomed = harness.replica('doomed');
  harness.settlementFails(new Error('killed'));
  const { generation } = (await harness.stored(consentId)).tokenPair ?? { generation: 0 };
  await expect(doomed.grants.refresh(consentId, generation, LONG_WAIT)).rejects.toThrow('killed');
}

describe('the spool', () => {
  it('restores the pair of a process that ended before it could write it to the database', async () => {
    const id = await harness.liveConsent();
    await diesWithAnswer(id);
    expect(await harness.statuses(id)).toEqual(['committed', 'sent']);

    await harness.replica('successor').start();

    expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
    expect(await harness.accessToken(id)).toBe('access-2');
    expect(await harness.statuses(id)).toEqual(['committed', 'committed']);
  });

  it('restores every pair of a consent in order when a failover has lost the last commits', async () => {
    const id = await harness.liveConsent();
    const { grants } = harness.replica('one');
    const [before] = await harness.dataSource.query<{ tokens: object; consent: object }[]>(
      `SELECT to_jsonb(t) AS tokens, to_jsonb(c) AS consent FROM hub.token_pair t, hub.consent c
        WHERE t.consent_id = $1 AND c.id = $1`,
      [id],
    );
    await grants.refresh(id, 1, LONG_WAIT);
    await grants.refresh(id, 2, LONG_WAIT);
    await harness.dataSource.query(
      `DELETE FROM hub.token_request WHERE consent_id = $1 AND expected_generation > 0`,
      [id],
    );
    await harness.dataSource.query(`DELETE FROM hub.token_pair WHERE consent_id = $1`, [id]);
    await harness.dataSource.query(
      `INSERT INTO hub.token_pair SELECT * FROM jsonb_populate_record(NULL::hub.token_pair, $1)`,
      [before?.tokens],
    );
    await harness.dataSource.query(`UPDATE hub.consent SET state = 'active' WHERE id = $1`, [id]);

    await harness.replica('successor').start();

    expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 3 } });
    expect(await harness.accessToken(id)).toBe('access-3');
    expect(await harness.statuses(id)).toEqual(['committed', 'committed', 'committed']);
  });

  it('changes nothing when it is replayed again, by several replicas at once', async () => {
    const id = await harness.liveConsent();
    await diesWithAnswer(id);
    const replays = ['a', 'b', 'c'].map((owner) => harness.replica(owner).start());
    await Promise.all(replays);
    await harness.replica('d').start();
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
    expect(await harness.statuses(id)).toEqual(['committed', 'committed']);
    expect((await harness.eventTypes(id)).filter((type) => type === 'state_changed')).toHaveLength(3);
  });

  it('leaves an answer alone whose consent this database does not know', async () => {
    const id = await harness.liveConsent();
    await diesWithAnswer(id);
    const elsewhere = await ReplicasHarness.build(harness.spoolDir);
    await elsewhere.replica('stranger').start();
    expect(await elsewhere.journal(id)).toEqual([]);
    await elsewhere.close();
  });

  it('holds no token in clear', async () => {
    await harness.liveConsent();
    const [name] = await files();
    const text = await readFile(path.join(harness.spoolDir, name ?? ''), 'utf8');
    expect(text).toContain('"sealed"');
    expect(text).not.toMatch(/access-1|refresh-1|access_token/);
  });

  it('skips the torn last line of a process that ended while writing', async () => {
    const id = await harness.liveConsent();
    await diesWithAnswer(id);
    for (const name of await files()) await appendFile(path.join(harness.spoolDir, name), '{"id":"0198');
    await harness.replica('successor').start();
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
  });

  it('keeps a file for its retention, and longer while something in it is not settled', async () => {
    const id = await harness.liveConsent();
    await diesWithAnswer(id);
    const old = new Date(Date.now() - 31 * 60_000);
    for (const name of await files()) await utimes(path.join(harness.spoolDir, name), old, old);

    const { start, recovery } = harness.replica('successor');
    jest.spyOn(harness.bank, 'readTokenAnswer').mockImplementationOnce(() => {
      throw new Error('not yet');
    });
    await start();
    expect(await files()).not.toEqual([]);

    await recovery.sweep();
    expect(await files()).toEqual([]);
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
  });

  it('gathers answers that arrive together and keeps every one', async () => {
    const { spool, sealer } = harness.replica('one');
    const id = await harness.liveConsent();
    const [request] = await harness.journal(id);
    if (!request) throw new Error('no request');
    await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        spool.append({ ...request, id: newId() }, { body: new Secret(`answer ${n}`) }),
      ),
    );
    await spool.onApplicationShutdown();
    const found = await harness.replica('two').spool.find(id, 0);
    const opened = found.map((answer) => sealer.openSpooled(answer).body.reveal());
    expect(new Set(opened.filter((text) => text.startsWith('answer'))).size).toBe(200);
  });

  it('opens an answer for the request that it was given to, and for no other', async () => {
    const { spool, sealer } = harness.replica('one');
    const id = await harness.liveConsent();
    const [answer] = await spool.find(id, 0);
    if (!answer) throw new Error('no answer');
    const { request, flush } = answer;
    expect(sealer.openSpooled(answer).body.reveal()).toContain('access-1');
    for (const other of [{ consentId: newId() }, { expectedGeneration: 1 }, { id: newId() }])
      expect(() => sealer.openSpooled({ flush, request: { ...request, ...other } })).toThrow(VaultError);
  });
});

describe('a database that is away when the answer comes', () => {
  const away = () =>
    new QueryFailedError('COMMIT', [], Object.assign(new Error('terminating'), { code: '57P01' }));

  it('is waited for, and then gets the pair', async () => {
    const id = await harness.liveConsent();
    const { grants } = harness.replica('one');
    harness.settlementFails(away());
    harness.settlementFails(new Error('Connection terminated'));
    await grants.refresh(id, 1, LONG_WAIT);
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
    expect(harness.bank.livePair).toBe(2);
  });

  it('is no longer waited for at shutdown: the spool has the answer', async () => {
    const id = await harness.liveConsent();
    const { grants } = harness.replica('one');
    const refreshAll = jest.spyOn(harness.consents, 'refreshAll').mockRejectedValue(away());
    const refresh = grants.refresh(id, 1, LONG_WAIT);
    const refused = expect(refresh).rejects.toThrow();
    await grants.beforeApplicationShutdown();
    await refused;
    refreshAll.mockRestore();
    await harness.replica('successor').start();
    expect(await harness.accessToken(id)).toBe('access-2');
  });
});
