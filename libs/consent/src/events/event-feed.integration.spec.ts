import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import type { Caller } from '@consent-hub/platform';
import type { DataSource, QueryRunner } from 'typeorm';
import { CONSENT_ENTITIES } from '../consent.module.js';
import { PersonEraser } from '../person-eraser.js';
import { EventFeed, type FeedEvent, type FeedStretch } from './event-feed.repository.js';
import { EVENTS_BETWEEN } from './event-feed.statements.js';
import { parseEventId } from './event-id.js';
import { HubEvents } from './hub-events.repository.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let feed: EventFeed;
let owner: Caller;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  feed = new EventFeed(dataSource);
  owner = await given.caller();
});
afterEach(() => database.drop());

/** Other databases of the server have transactions too: these hold the feed back for as long as they are open. */
async function reach(position: number): Promise<void> {
  while ((await feed.advance()) < position);
}

const lastPosition = async (): Promise<number> => {
  const [row] = await dataSource.query<{ last: number }[]>(
    `SELECT last_value::int AS last FROM hub.event_position`,
  );
  return row?.last ?? 0;
};

async function all(stretch: Partial<FeedStretch> = {}): Promise<FeedEvent[]> {
  await reach(await lastPosition());
  return feed.page({ after: 0, upTo: feed.finalPosition, limit: 100, ...stretch });
}

async function begin(): Promise<QueryRunner> {
  const transaction = dataSource.createQueryRunner();
  await transaction.startTransaction();
  return transaction;
}

const record = ({ manager }: QueryRunner, id: string): Promise<void> =>
  given.consents.record(manager, id, 'grant_in_doubt', 'hub:test', {});

describe('the feed of events', () => {
  it('is read from its end as well, all of it and that of one consent', async () => {
    const [one, other] = [await given.live(owner), await given.live(owner)];
    await new HubEvents().record(dataSource.manager, 'hub.refreshes_paused', {
      brand: 'banx',
      reason: 'refreshes_failed',
    });
    for (const filter of [{}, { consentId: one }, { types: ['consent.opened'] as const }]) {
      const events = await all(filter);
      const stretch = { after: 0, upTo: feed.finalPosition, ...filter };
      expect(await feed.newest({ ...stretch, limit: 100 })).toEqual([...events].reverse());
      expect(await feed.newest({ ...stretch, limit: 2 })).toEqual([...events].reverse().slice(0, 2));
    }
    expect(
      (await feed.newest({ after: 0, upTo: feed.finalPosition, limit: 2 })).map(({ consentId }) => consentId),
    ).toEqual([null, other]);
  });

  it('waits for an event whose transaction commits after that of a higher one', async () => {
    const [one, other] = [await given.live(owner), await given.live(owner)];
    const before = (await all()).at(-1)?.position ?? 0;
    const [early, late] = [await begin(), await begin()];
    await record(late, one);
    await record(early, other);
    await early.commitTransaction();
    // The higher one is visible by now, and a reader that relied on what it sees would continue after it.
    const [visible] = await dataSource.query<{ position: string }[]>(
      `SELECT position FROM hub.consent_event WHERE position > $1`,
      [before],
    );
    expect(Number(visible?.position)).toBe(before + 2);
    for (let look = 0; look < 5; look++) expect(await feed.advance()).toBe(before);
    await late.commitTransaction();
    expect((await all({ after: before })).map(({ position, consentId }) => [position, consentId])).toEqual([
      [before + 1, one],
      [before + 2, other],
    ]);
    for (const transaction of [early, late]) await transaction.release();
  });

  it('waits for a transaction that has the highest number of all', async () => {
    const id = await given.live(owner);
    const before = (await all()).at(-1)?.position ?? 0;
    const late = await begin();
    await record(late, id);
    for (let look = 0; look < 5; look++) expect(await feed.advance()).toBe(before);
    await late.commitTransaction();
    await late.release();
    expect(await all({ after: before })).toHaveLength(1);
  });

  it('says for how long a transaction has held it back', async () => {
    const id = await given.live(owner);
    await all();
    expect(feed.heldBackSeconds).toBe(0);
    const late = await begin();
    await record(late, id);
    await feed.advance();
    const [first] = [feed.heldBackSeconds, await feed.advance()];
    expect(feed.heldBackSeconds).toBeGreaterThan(first);
    await late.commitTransaction();
    await late.release();
    await all();
    expect(feed.heldBackSeconds).toBe(0);
  });

  it('continues past the position of a transaction that was rolled back', async () => {
    const id = await given.live(owner);
    const before = (await all()).at(-1)?.position ?? 0;
    const lost = await begin();
    await record(lost, id);
    await lost.rollbackTransaction();
    await lost.release();
    await given.refreshed(id);
    expect((await all({ after: before })).map(({ position }) => position)).toEqual([before + 2]);
  });

  it('misses none of many transactions that commit in any order, and returns each once', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => given.live(owner)));
    const seen: number[] = [];
    let after = (await all()).at(-1)?.position ?? 0;
    const start = after;
    const read = async () => {
      const upTo = await feed.advance();
      const page = await feed.page({ after, upTo, limit: 1000 });
      seen.push(...page.map(({ position }) => position));
      after = upTo;
    };
    let writing = 4;
    const write = async (id: string, nth: number) => {
      for (let round = 0; round < 15; round++) {
        await dataSource.transaction(async (tx) => {
          await given.consents.record(tx, id, 'grant_in_doubt', 'hub:test', {});
          await tx.query(`SELECT pg_sleep($1)`, [((round * 7 + nth * 3) % 5) / 500]);
        });
      }
      writing -= 1;
    };
    const writers = ids.map(write);
    while (writing > 0) await read();
    await Promise.all(writers);
    while (after < start + 60) await read();
    expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => start + 1 + index));
  }, 20_000);

  it('has what happens to a consent, each change with its states, its reason and its data', async () => {
    const id = await given.live(owner);
    await given.refreshed(id);
    await dataSource.transaction(async (tx) => {
      await given.consents.record(tx, id, 'grant_in_doubt', 'hub:test', { outcome: 'timeout' });
      await given.consents.record(tx, id, 'a_note', 'hub:test');
      const data = { reason: 'withdrawn_by_tpp' } as const;
      await given.consents.move(tx, id, { to: 'revoked', data, actor: `client:${owner.id}` });
    });
    expect(
      (await all()).map(({ type, previousState, state, reason, data }) => [
        type,
        previousState,
        state,
        reason,
        data,
      ]),
    ).toEqual([
      ['consent.opened', null, 'initiated', null, { link_seconds: 900 }],
      ['consent.authorized', 'initiated', 'authorized', null, {}],
      ['consent.activated', 'authorized', 'active', null, { generation: 1 }],
      ['consent.refreshed', 'active', 'refreshed', null, { generation: 2 }],
      ['consent.in_doubt', null, 'refreshed', null, { outcome: 'timeout' }],
      ['consent.revoked', 'refreshed', 'revoked', 'withdrawn_by_tpp', {}],
    ]);
  });

  it('leaves of a consent that was erased only that', async () => {
    const id = await given.live(owner, { psuRef: 'jan' });
    const [opened] = await all();
    await new PersonEraser(dataSource, given.consents).erase({
      psuRef: 'jan',
      mayEnd: true,
      actor: 'hub:test',
    });
    const left = await all();
    expect(left).toMatchObject([{ type: 'consent.erased', consentId: id, state: 'revoked' }]);
    expect((await all({ consentId: id })).map(({ type }) => type)).toEqual(['consent.erased']);
    expect(await feed.at([opened?.position ?? 0, left[0]?.position ?? 0])).toEqual(left);
    // A reader that got the first one continues from there.
    const key = parseEventId(opened?.id ?? '');
    expect(key && (await feed.has(key, owner.id))).toBe(true);
  });

  it('gives a client what it opened, an admin all and the events of the hub', async () => {
    const stranger = await given.caller();
    const [mine] = [await given.opened(owner), await given.opened(stranger)];
    await dataSource.transaction((tx) =>
      new HubEvents().record(tx, 'hub.refreshes_paused', { brand: 'banx' }),
    );
    const types = async (stretch: Partial<FeedStretch>) => (await all(stretch)).map(({ type }) => type);
    expect(await all({ apiClientId: owner.id })).toMatchObject([
      { type: 'consent.opened', consentId: mine.id },
    ]);
    expect(await types({})).toEqual(['consent.opened', 'consent.opened', 'hub.refreshes_paused']);
    expect(await types({ types: ['hub.refreshes_paused'] })).toEqual(['hub.refreshes_paused']);
    expect(await types({ limit: 1 })).toEqual(['consent.opened']);
    expect(await types({ types: ['consent.revoked'] })).toEqual([]);
  });

  it('knows an event by its place and its content, and for its client alone', async () => {
    await given.opened(owner);
    const stranger = await given.caller();
    const key = parseEventId((await all())[0]?.id ?? '');
    if (!key) throw new Error('the event has no id');
    expect(await feed.has(key)).toBe(true);
    expect(await feed.has(key, owner.id)).toBe(true);
    expect(await feed.has(key, stranger.id)).toBe(false);
    expect(await feed.has({ ...key, mark: '00000000' })).toBe(false);
  });

  it('can be joined: every event between two positions, with the API client that it concerns', async () => {
    const { id } = await given.opened(owner);
    await dataSource.transaction((tx) => new HubEvents().record(tx, 'hub.vault_key_retired', { key: 'k1' }));
    const events = await all();
    const rows = await dataSource.query<object[]>(
      `SELECT * FROM ${EVENTS_BETWEEN('$1', '$2')} event ORDER BY position`,
      [0, feed.finalPosition],
    );
    expect(rows).toEqual([
      {
        position: String(events[0]?.position),
        event_id: events[0]?.id,
        event_type: 'consent.opened',
        consent_id: id,
        api_client_id: owner.id,
      },
      {
        position: String(events[1]?.position),
        event_id: events[1]?.id,
        event_type: 'hub.vault_key_retired',
        consent_id: null,
        api_client_id: null,
      },
    ]);
  });

  it('continues after the last position that was final when the database has lost it', async () => {
    await given.live(owner);
    await all();
    const final = feed.finalPosition;
    await dataSource.query(`SELECT setval('hub.event_position', 1)`);
    expect(await feed.advance()).toBe(final);
    await given.opened(owner);
    expect(await lastPosition()).toBe(final + 1);
    expect(await all({ after: final })).toMatchObject([{ position: final + 1, type: 'consent.opened' }]);
  });

  it('continues after a position that a hub has stored, also when the database has lost it', async () => {
    feed.knows(40);
    await feed.advance();
    expect(await lastPosition()).toBe(40);
  });
});

describe('an event of the hub', () => {
  it('is written once however many notice it, and by each who names no fact', async () => {
    const write = (key?: string) =>
      dataSource.transaction((tx) => new HubEvents().record(tx, 'hub.certificate_expiring', {}, key));
    const written = await Promise.all(Array.from({ length: 5 }, () => write('certificate:ab:14')));
    expect(written.filter(Boolean)).toHaveLength(1);
    expect([await write('certificate:ab:14'), await write('certificate:ab:7'), await write()]).toEqual([
      false,
      true,
      true,
    ]);
    expect(await all()).toHaveLength(3);
  });

  it('is not changed, and never taken back by who writes it', async () => {
    await dataSource.transaction((tx) => new HubEvents().record(tx, 'hub.certificate_expiring', {}));
    for (const change of [`UPDATE hub.hub_event SET data = '{"x":1}'`, 'DELETE FROM hub.hub_event'])
      await expect(dataSource.query(change)).rejects.toThrow(/append-only/);
  });
});
