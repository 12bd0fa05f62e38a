import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { HubEvents, PersonEraser } from '@consent-hub/consent';
import { until } from '../testing/due-consents.harness.js';
import { EventReaders, StreamReader, type Reader } from '../testing/event-readers.harness.js';
import { ApiClientService } from './api-client/api-client.service.js';
import { EventStreams } from './events/event-streams.service.js';

jest.setTimeout(30_000);

let readers: EventReaders;
let platform: Reader;
let other: Reader;
let admin: Reader;
/** Where an admin begins to read what the current test does. */
let start: string;
let tests = 0;

beforeAll(async () => {
  readers = await EventReaders.start();
});
beforeEach(async () => {
  tests += 1;
  platform = await readers.reader(`platform-${tests}`);
  other = await readers.reader(`other-${tests}`);
  admin = await readers.reader(`root-${tests}`, ['events:read', 'admin']);
  start = `after=${await readers.end(admin)}`;
});
afterAll(() => readers.close());

const hubEvent = () =>
  readers.dataSource.transaction((tx) =>
    new HubEvents().record(tx, 'hub.refreshes_paused', { brand: 'banx' }),
  );
const streamsOf = ({ hub }: EventReaders, reader: Reader): number =>
  hub.app.get(EventStreams).countOf(reader);
const after = (id: string | undefined) => `after=${id}`;

describe('GET /v1/events', () => {
  it('shows a client the events of the consents that it opened, an admin all and those of the hub', async () => {
    const id = await readers.given.live(platform);
    await readers.given.opened(other);
    await hubEvent();
    const mine = await readers.listAll(platform, 3);
    expect(mine.map(({ type, subject }) => [type, subject])).toEqual([
      ['consent.opened', id],
      ['consent.authorized', id],
      ['consent.activated', id],
    ]);
    expect(mine.map(({ data }) => (data['consent'] as { state: string }).state)).toEqual([
      'initiated',
      'authorized',
      'active',
    ]);
    const all = await readers.listAll(admin, 5, start);
    expect(all.map(({ type }) => type)).toEqual([
      'consent.opened',
      'consent.authorized',
      'consent.activated',
      'consent.opened',
      'hub.refreshes_paused',
    ]);
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map(({ sequence }) => sequence).sort());
    expect(
      await readers.listAll(admin, 1, `${start}&type=hub.refreshes_paused&type=consent.revoked`),
    ).toHaveLength(1);
    expect(await readers.listAll(admin, 3, `consent_id=${id}`)).toHaveLength(3);
  });

  it('continues from each page without leaving an event out or showing one twice', async () => {
    const id = await readers.given.live(platform);
    for (let times = 0; times < 4; times++) await readers.given.refreshed(id);
    await readers.given.live(other);
    const whole = (await readers.listAll(platform, 7)).map((event) => event.id);
    const seen: string[] = [];
    let query = 'limit=3';
    for (let pages = 0; pages < 4; pages++) {
      const { items, next_after } = await readers.list(platform, query);
      seen.push(...items.map((event) => event.id));
      query = `limit=3&after=${next_after}`;
    }
    expect(seen).toEqual(whole);
    const rest = await readers.list(platform, after(whole[4]));
    expect(rest.items.map((event) => event.id)).toEqual(whole.slice(5));
    // After the events of others, so that they are not read again.
    expect(rest.next_after).toMatch(/^cur_/);
    expect(await readers.list(platform, after(rest.next_after))).toEqual({ ...rest, items: [] });
  });

  it('waits for an event, and answers as soon as there is one', async () => {
    const id = await readers.given.live(platform);
    const last = (await readers.listAll(platform, 3)).at(-1);
    const waiting = readers.list(platform, `wait_seconds=20&type=consent.refreshed&${after(last?.id)}`);
    await readers.given.opened(other);
    await readers.given.refreshed(id);
    const { items, next_after } = await waiting;
    expect(items).toMatchObject([{ type: 'consent.refreshed', subject: id }]);
    const none = await readers.list(platform, `wait_seconds=1&after=${next_after}`);
    expect(none.items).toEqual([]);
  });

  it('leaves only the erasure of a consent that was erased, and continues from what it showed before', async () => {
    await readers.given.live(platform, { psuRef: 'jan' });
    const [opened] = await readers.listAll(platform, 3);
    const eraser = new PersonEraser(readers.dataSource, readers.given.consents);
    await eraser.erase({ psuRef: 'jan', mayEnd: true, actor: 'hub:test' });
    const left = await readers.list(platform, `wait_seconds=20&${after(opened?.id)}`);
    expect(left.items.map(({ type }) => type)).toEqual(['consent.erased']);
    expect(JSON.stringify(left)).not.toContain('jan');
  });

  it('says which part of a bad question it cannot answer', async () => {
    await readers.given.live(other);
    const [theirs] = await readers.listAll(other, 3);
    const { next_after } = await readers.list(other, 'type=hub.vault_key_retired');
    const id = theirs?.subject ?? '';
    const bad: [query: string, status: number, code: string][] = [
      ['type=consent.eaten', 400, 'event_type_unknown'],
      ['after=evt_999999_01234567', 404, 'event_unknown'],
      [`after=${theirs?.id}`, 404, 'event_unknown'],
      [`after=${theirs?.id.slice(0, -1)}x`, 400, 'invalid_input'],
      [`after=${next_after}`, 400, 'event_cursor_foreign'],
      ['after=yesterday', 400, 'invalid_input'],
      ['limit=1001', 400, 'invalid_input'],
      ['wait_seconds=31', 400, 'invalid_input'],
      [`consent_id=${id}`, 404, 'consent_not_found'],
      [`consent_id=${randomUUID()}`, 404, 'consent_not_found'],
      ['colour=blue', 400, 'invalid_input'],
    ];
    for (const [query, status, code] of bad)
      expect([query, await readers.problem(platform, `/v1/events?${query}`)]).toEqual([
        query,
        [status, code],
      ]);
    for (const [query, status, code] of bad.slice(0, 5))
      expect(await readers.problem(platform, `/v1/events/stream?${query}`)).toEqual([status, code]);
    expect(
      await readers.problem(platform, '/v1/events/stream', { 'last-event-id': theirs?.id ?? '' }),
    ).toEqual([404, 'event_unknown']);
    const nothing = await readers.reader('nothing', ['consents:read']);
    expect(await readers.problem(nothing, '/v1/events')).toEqual([403, 'permission_missing']);
  });
});

describe('GET /v1/events/stream', () => {
  it('sends what happens from now on, to each what it may see and asked for', async () => {
    const id = await readers.given.live(platform);
    await readers.listAll(platform, 3);
    const mine = await StreamReader.open(readers, platform);
    const all = await StreamReader.open(readers, admin, 'type=hub.refreshes_paused&type=consent.opened');
    expect(Object.fromEntries(mine.answer.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
    const { id: theirs } = await readers.given.opened(other);
    await readers.given.refreshed(id);
    await hubEvent();
    expect(await mine.next()).toMatchObject({ type: 'consent.refreshed', subject: id });
    expect(await all.next()).toMatchObject({ type: 'consent.opened', subject: theirs });
    expect(await all.next()).toMatchObject({ type: 'hub.refreshes_paused' });
    for (const stream of [mine, all]) await stream.leave();
  });

  it('resumes after the last event that arrived, and continues with what happens', async () => {
    const id = await readers.given.live(platform);
    const [first, ...rest] = await readers.listAll(platform, 3);
    const headers = { 'last-event-id': first?.id ?? '' };
    const stream = await StreamReader.open(readers, platform, after(rest.at(-1)?.id), headers);
    for (const event of rest) expect(await stream.next()).toEqual(event);
    await readers.given.refreshed(id);
    expect(await stream.next()).toMatchObject({ type: 'consent.refreshed' });
    await stream.leave();
  });

  it('shows the same events in the same order as the pages do', async () => {
    const beginning = await readers.given.live(platform);
    const [first] = await readers.listAll(platform, 3);
    const stream = await StreamReader.open(readers, platform, after(first?.id));
    for (let times = 0; times < 10; times++) await readers.given.refreshed(beginning);
    await readers.given.live(platform);
    const seen = [];
    for (let count = 0; count < 15; count++) seen.push((await stream.next())?.id);
    const listed = await readers.listAll(platform, 15, after(first?.id));
    expect(seen).toEqual(listed.map((event) => event.id));
    await stream.leave();
  });

  it('sends a comment now and then', async () => {
    const stream = await StreamReader.open(readers, platform);
    expect(await stream.nextBlock()).toBe(':');
    readers.hub.app.get(EventStreams).beat();
    expect(await stream.nextBlock()).toBe(':');
    await stream.leave();
  });

  it('ends within seconds when the key is revoked, or may no longer see all', async () => {
    const [revoked, lowered] = [
      await StreamReader.open(readers, platform),
      await StreamReader.open(readers, admin),
    ];
    const stays = await StreamReader.open(readers, other);
    await readers.hub.app.get(ApiClientService).revoke(platform.name);
    await readers.dataSource.query(`UPDATE hub.api_client SET permissions = '{events:read}' WHERE id = $1`, [
      admin.id,
    ]);
    expect([await revoked.next(), await lowered.next()]).toEqual([null, null]);
    await readers.given.opened(other);
    expect(await stays.next()).toMatchObject({ type: 'consent.opened' });
    await stays.leave();
  });

  it('is refused to a client that has as many open as it may, until one ends', async () => {
    const limited = await EventReaders.start({ HUB_STREAM_LIMIT: '2' });
    const [one, another] = [await limited.reader('one'), await limited.reader('another')];
    const [first, second] = [await StreamReader.open(limited, one), await StreamReader.open(limited, one)];
    expect(await limited.problem(one, '/v1/events/stream')).toEqual([429, 'too_many_streams']);
    const others = await StreamReader.open(limited, another);
    await first.leave();
    await until(() => streamsOf(limited, one) === 1);
    const third = await StreamReader.open(limited, one);
    for (const stream of [second, third, others]) await stream.leave();
    await until(() => streamsOf(limited, one) === 0);
    await limited.close();
  });

  it('answers a question for its head alone', async () => {
    const answer = await fetch(`${readers.hub.url}/v1/events/stream`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${platform.key}` },
    });
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      '',
    ]);
  });
});

describe('a hub that closes', () => {
  it('answers those who wait, ends the streams, and waits for no connection that says nothing', async () => {
    const closing = await EventReaders.start();
    const reader = await closing.reader('platform');
    const silent = connect(Number(new URL(closing.hub.url).port), '127.0.0.1');
    await once(silent, 'connect');
    const waiting = closing.list(reader, 'wait_seconds=30');
    const stream = await StreamReader.open(closing, reader);
    const closed = closing.close();
    expect((await waiting).items).toEqual([]);
    expect(await stream.next()).toBeNull();
    await closed;
  });
});
