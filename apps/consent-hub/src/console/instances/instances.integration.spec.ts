import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { fillHub } from '../../../testing/busy-console.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';

jest.setTimeout(180_000);

let admin: AdminHub;
let visitor: ConsoleVisitor;
beforeAll(async () => {
  admin = await AdminHub.start();
  visitor = await ConsoleVisitor.signIn(admin);
});
afterAll(() => admin.close());

const plain = (html: string): string => html.replaceAll('\u202f', '').replaceAll('\u00a0', ' ');
const rowOf = (html: string, name: string): string => {
  const row = plain(html)
    .split('<tr>')
    .find((text) => text.includes(`>${name}<`));
  return (row ?? '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
};
const count = async (sql: string, values: readonly unknown[] = []): Promise<number> =>
  (await admin.dataSource.query<{ count: number }[]>(sql, [...values]))[0]?.count ?? -1;

describe('the page of the refresh job', () => {
  it('shows the due times of the next day, and what is overdue, as the database has them', async () => {
    const { given, owner, dataSource } = admin;
    const due = async (inMinutes: number, brand: 'belfius' | 'banx') => {
      const id = await given.live(owner, { brand });
      await dataSource.query(
        `UPDATE hub.token_pair SET refresh_due_at = now() + make_interval(mins => $2) WHERE consent_id = $1`,
        [id, inMinutes],
      );
    };
    for (const minutes of [5, 40, 45, 1_430, 1_500, -3, -10]) await due(minutes, 'belfius');
    await due(700, 'banx');
    const { body } = await visitor.get('/console/refreshes');
    const ofDay = (brand: string) =>
      count(
        `SELECT count(*)::int AS count FROM hub.token_pair
          WHERE brand = $1 AND refresh_due_at > now() AND refresh_due_at <= now() + interval '24 hours'`,
        [brand],
      );
    const text = plain(body).replace(/<[^>]*>/g, '');
    expect(text).toContain(`Belfius: ${await ofDay('belfius')} pairs`);
    expect(text).toContain(`Banx: ${await ofDay('banx')} pair`);
    expect([await ofDay('belfius'), await ofDay('banx')]).toEqual([4, 1]);
    expect(text).toMatch(/Belfius: refreshing; 2 due, 2 of them overdue/);
    expect(plain(body)).toMatch(/data-tile="Oldest".*?<span class="figure word doubt">10 min</);
  });
});

describe('the page of the refresh job of a hub without consents', () => {
  it('says what to do', async () => {
    const empty = await AdminHub.start();
    const { status, body } = await (await ConsoleVisitor.signIn(empty)).get('/console/refreshes');
    await empty.close();
    expect(status).toBe(200);
    expect(body).toContain('No pair becomes due in 24 hours');
  });
});

describe('the page of the instances', () => {
  it('shows this hub, with its version and its schema', async () => {
    const { status, body } = await visitor.get('/console/instances');
    expect(status).toBe(200);
    const [own] = await admin.dataSource.query<{ name: string; version: string; schema: string }[]>(
      `SELECT name, version, schema FROM hub.instance_run`,
    );
    const row = rowOf(body, own?.name ?? '');
    for (const text of [own?.version, own?.schema.replace(/^\D+/, ''), 'at work', 'writable'])
      expect(row).toContain(text);
    expect(body).not.toContain('two under this name');
  });

  it('shows two under one name in red, and of each its spool and its share', async () => {
    await fillHub(admin);
    // What was read before is good enough for two seconds.
    let body = '';
    while (!body.includes('role="alert"')) ({ body } = await visitor.get('/console/instances'));
    expect(body).toMatch(/<b class="bad">hub-a<\/b>.*?two under this name/s);
    const row = rowOf(body, 'hub-a~0a1b2c');
    expect(row).toContain('two under this name');
    expect(row).toContain('not writable');
    expect(row).toMatch(/12 files 4 answers oldest \d+ (s|min) ago/);
    const all = await count(`SELECT sum(refreshes)::int AS count FROM hub.instance_tally`);
    const own = await count(
      `SELECT sum(refreshes)::int AS count FROM hub.instance_tally WHERE owner = 'hub-a.3'`,
    );
    expect(row).toContain(`${Math.round((100 * own) / all)} % (${own})`);
    expect(plain(body)).toContain('0.9.0');
  });

  it('is for people who are signed in', async () => {
    const stranger = new ConsoleVisitor(admin.hub.url);
    for (const path of ['/console/instances', '/console/refreshes'])
      expect((await stranger.get(path)).status).not.toBe(200);
  });
});
