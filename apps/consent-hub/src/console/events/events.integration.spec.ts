import { EventFeed } from '@consent-hub/consent';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';

jest.setTimeout(60_000);

const MANY = 60;
let admin: AdminHub;
let visitor: ConsoleVisitor;
let live: string;
beforeAll(async () => {
  admin = await AdminHub.start();
  for (let number = 0; number < MANY; number++) await admin.given.opened(admin.owner);
  live = await admin.given.live(admin.owner);
  visitor = await ConsoleVisitor.signIn(admin);
  // Transactions of other databases of the server hold the feed back.
  const feed = admin.hub.app.get(EventFeed, { strict: false });
  const [{ last } = { last: 0 }] = await admin.dataSource.query<{ last: number }[]>(
    `SELECT last_value::int AS last FROM hub.event_position`,
  );
  while ((await feed.advance()) < last);
});
afterAll(() => admin.close());

const rowsOf = (body: string): string[] =>
  [...body.matchAll(/consents\/([\da-f-]{36})"/g)].map(([, id = '']) => id);
const nextOf = (body: string): string | undefined =>
  /rel="next" href="([^"]+)"/.exec(body.replaceAll('&amp;', '&'))?.[1];

describe('the events of the console', () => {
  it('come newest first, each once over all pages', async () => {
    const found: string[] = [];
    let path: string | undefined = '/console/events?type=consent.opened';
    while (path !== undefined) {
      const { status, body } = await visitor.get(path);
      expect(status).toBe(200);
      found.push(...rowsOf(body));
      path = nextOf(body);
    }
    expect(found[0]).toBe(live);
    expect(found).toHaveLength(MANY + 1);
    expect(new Set(found).size).toBe(MANY + 1);
  });

  it('of one consent show what it went through', async () => {
    const { body } = await visitor.get(`/console/events?consent=${live.toUpperCase()}`);
    expect(rowsOf(body)).toEqual([live, live, live]);
    expect(body.indexOf('consent.activated</span>')).toBeLessThan(body.indexOf('consent.opened</span>'));
  });

  it('of a type that has none says what to do', async () => {
    const { body } = await visitor.get('/console/events?type=hub.vault_key_retired');
    expect(body).toContain('No event meets this');
  });

  it.each(['consent=x', 'from=0', 'from=1e3', 'from=a'])('is not searched for %s', async (query) => {
    expect((await visitor.get(`/console/events?${query}`)).status).toBe(400);
  });

  it('are exported oldest first, with the filter in the name, and that is in the audit', async () => {
    const csv = await visitor.get(`/console/events/export?format=csv&consent=${live}`);
    expect(csv.headers.get('content-disposition')).toBe(`attachment; filename="events_consent-${live}.csv"`);
    const lines = csv.body.trimEnd().split('\r\n');
    expect(lines.map((line) => line.split(',')[3])).toEqual([
      'type',
      'consent.opened',
      'consent.authorized',
      'consent.activated',
    ]);
    const ndjson = await visitor.get('/console/events/export?format=ndjson&type=consent.opened');
    const events = ndjson.body.trimEnd().split('\n');
    expect(events).toHaveLength(MANY + 1);
    expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({ type: 'consent.opened', consent_id: live });
    expect((await visitor.get('/console/events/export?format=xml')).status).toBe(400);
    expect((await visitor.get('/console/audit?action=export_events')).body).toContain('exported events');
  });
});
