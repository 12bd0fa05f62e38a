import { ConsentSearch, ExpiryHorizonQuery, RefreshHistory } from '@consent-hub/consent';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { fillHub } from '../../../testing/busy-console.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';
import { LiveOverviewService } from './live-overview.service.js';

jest.setTimeout(60_000);

let admin: AdminHub;
let visitor: ConsoleVisitor;
beforeAll(async () => {
  admin = await AdminHub.start();
  await fillHub(admin);
  visitor = await ConsoleVisitor.signIn(admin);
});
afterAll(() => admin.close());

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
};
const count = async (sql: string): Promise<number> =>
  (await admin.dataSource.query<{ count: number }[]>(sql))[0]?.count ?? -1;
/** The figure of a tile, as the page shows it. */
const tile = (html: string, name: string): string | undefined => {
  const [, text] = new RegExp(`data-tile="${name}".*?<span class="figure[^>]*>(.*?)</span>`).exec(html) ?? [];
  return text;
};

describe('the overview', () => {
  it('shows the figures that the database holds', async () => {
    const { status, body } = await visitor.get('/console');
    expect(status).toBe(200);
    const live = await count(
      `SELECT count(*)::int AS count FROM hub.consent WHERE state IN ('active', 'refreshed')`,
    );
    const inDoubt = await count(
      `SELECT count(*)::int AS count FROM hub.token_request WHERE status = 'in_doubt'`,
    );
    const lost = await count(
      `SELECT sum(count)::int AS count FROM hub.refresh_tally WHERE outcome = 'rotation_lost'`,
    );
    expect(
      Object.fromEntries(
        ['Live', 'In doubt', 'Attention', 'Pairs lost in 7 days'].map((name) => [name, tile(body, name)]),
      ),
    ).toEqual({
      Live: String(live),
      'In doubt': String(inDoubt),
      Attention: '6',
      'Pairs lost in 7 days': String(lost),
    });
    expect([live, inDoubt]).toEqual([6, 1]);
    const refreshes = await count(
      `SELECT sum(count)::int AS count FROM hub.refresh_tally WHERE brand = 'banx' AND hour > now() - interval '24 hours'`,
    );
    expect(body.replaceAll('\u202f', '')).toMatch(
      new RegExp(`<b>Banx</b>: refreshing; \\d+ of ${refreshes} refreshes failed in 24 h`),
    );
  });

  it('has a table beside each plot, with the same figures', async () => {
    const { body } = await visitor.get('/console?range=7d');
    const inPlot = await count(
      `SELECT sum(count)::int AS count FROM hub.refresh_tally WHERE hour > date_trunc('hour', now(), 'UTC') - interval '7 days'`,
    );
    const [, table = ''] =
      /Refreshes per hour by outcome, latest first<\/caption>(.*?)<\/table>/s.exec(body) ?? [];
    const cells = [...table.matchAll(/<td class="n">([^<]*)<\/td>/g)].map(([, text = '']) =>
      Number(text.replaceAll('\u202f', '')),
    );
    expect(cells.reduce((sum, one) => sum + one, 0)).toBe(inPlot);
    expect(body.replaceAll('\u202f', '')).toContain(`Refreshes per hour by outcome, ${inPlot} in all`);
  });

  it('is read once for fifty who look at it', async () => {
    const spies = [
      jest.spyOn(admin.hub.app.get(ConsentSearch, { strict: false }), 'counts'),
      jest.spyOn(admin.hub.app.get(RefreshHistory, { strict: false }), 'ofLast'),
      jest.spyOn(admin.hub.app.get(ExpiryHorizonQuery, { strict: false }), 'read'),
    ];
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 50 }, () => visitor.get('/console')));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    // What is read most often is fresh for five seconds.
    const most = 1 + Math.ceil((performance.now() - began) / 5_000);
    for (const spy of spies) expect(spy.mock.calls.length).toBeLessThanOrEqual(most);
    for (const spy of spies) spy.mockRestore();
  });

  it('tells of a circuit breaker that is open, there and in the inbox', async () => {
    await admin.dataSource.query(
      `UPDATE hub.refresh_circuit_breaker SET status = 'open', next_canary_at = now() + interval '1 hour' WHERE brand = 'belfius'`,
    );
    await until(async () =>
      (await visitor.get('/console')).body.includes('<b>Belfius</b>: paused by the circuit breaker'),
    );
    expect((await visitor.get('/console/attention')).body).toContain(
      'The circuit breaker of Belfius is open',
    );
    await admin.dataSource.query(
      `UPDATE hub.refresh_circuit_breaker SET status = 'closed', next_canary_at = NULL`,
    );
  });
});

describe('the live stream of the overview', () => {
  /** @returns what has come so far, and a way to leave */
  const follow = async (person: ConsoleVisitor) => {
    const leave = new AbortController();
    const answer = await fetch(`${admin.hub.url}/console/live`, {
      headers: { cookie: person.cookieHeader },
      signal: leave.signal,
    });
    let text = '';
    let hasEnded = false;
    void (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of answer.body ?? []) text += decoder.decode(chunk, { stream: true });
      hasEnded = true;
    })().catch(() => undefined);
    return { answer, text: () => text, hasEnded: () => hasEnded, leave: () => leave.abort() };
  };

  it('begins with the figures of now and goes on; who leaves is forgotten', async () => {
    const stream = await follow(visitor);
    expect(stream.answer.headers.get('content-type')).toBe('text/event-stream');
    await until(() => (stream.text().match(/event: overview/g) ?? []).length >= 2);
    const [, data = '""'] = /data: (.*)\n/.exec(stream.text()) ?? [];
    expect(tile(JSON.parse(data) as string, 'Live')).toBe('6');
    const live = admin.hub.app.get(LiveOverviewService);
    expect(live.followerCount).toBe(1);
    stream.leave();
    await until(() => live.followerCount === 0);
  });

  it('ends with the session', async () => {
    const person = await ConsoleVisitor.signIn(admin, ['viewer'], 'leaving');
    const stream = await follow(person);
    await until(() => stream.text().includes('event: overview'));
    await person.submit('/console/sign-out', {});
    await until(() => stream.hasEnded());
    expect(stream.text()).toContain('event: over');
  });
});
