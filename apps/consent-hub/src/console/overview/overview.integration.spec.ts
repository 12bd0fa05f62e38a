import pg from 'pg';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { fillHub } from '../../../testing/busy-console.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';
import { LiveOverviewService } from './live-overview.service.js';

jest.setTimeout(180_000);

let admin: AdminHub;
let visitor: ConsoleVisitor;
beforeAll(async () => {
  admin = await AdminHub.start();
  await fillHub(admin);
  await admin.keyOf('idle', ['tokens:read']);
  visitor = await ConsoleVisitor.signIn(admin);
});
afterAll(() => admin.close());

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
};
const count = async (sql: string): Promise<number> =>
  (await admin.dataSource.query<{ count: number }[]>(sql))[0]?.count ?? -1;
const rows = <T>(sql: string): Promise<T[]> => admin.dataSource.query<T[]>(sql);
const plain = (html: string): string => html.replaceAll('\u202f', '');
/** The cells of a table, as text. */
const rowsOfTable = (html: string, caption: string): string[][] => {
  const [, table = ''] = new RegExp(`${caption}</caption>(.*?)</table>`, 's').exec(plain(html)) ?? [];
  const [, body = ''] = /<tbody>(.*?)<\/tbody>/s.exec(table) ?? [];
  return body
    .split('<tr>')
    .slice(1)
    .map((row) =>
      [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = '']) => cell.replace(/<[^>]*>/g, '')),
    );
};
/** Of all cells that are numbers. */
const sumOfTable = (html: string, caption: string): number =>
  rowsOfTable(html, caption)
    .flat()
    .filter((cell) => /^\d+$/.test(cell))
    .reduce((sum, cell) => sum + Number(cell), 0);
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
      Attention: '7',
      'Pairs lost in 7 days': String(lost),
    });
    expect([live, inDoubt]).toEqual([8, 1]);
    const refreshes = await count(
      `SELECT sum(count)::int AS count FROM hub.refresh_tally WHERE brand = 'banx' AND hour > now() - interval '24 hours'`,
    );
    expect(body.replaceAll('\u202f', '')).toMatch(
      new RegExp(`<b>Banx</b>: refreshing; \\d+ of ${refreshes} refreshes failed in 24 h`),
    );
  });

  it.each([
    ['24h', 24, 1],
    ['7d', 168, 1],
    ['30d', 720, 6],
  ] as const)('has a table with the figures of the plot of refreshes, for %s', async (range, hours, step) => {
    const { body } = await visitor.get(`/console?range=${range}`);
    const inPlot = await count(
      `SELECT coalesce(sum(count), 0)::int AS count FROM hub.refresh_tally
        WHERE hour >= date_bin('${step} hours', now(), '1970-01-01Z') - interval '${hours - step} hours'`,
    );
    const per = step === 1 ? 'per hour' : `per ${step} hours`;
    expect(sumOfTable(body, `Refreshes ${per} by outcome, latest first`)).toBe(inPlot);
    expect(plain(body)).toContain(`Refreshes ${per} by outcome, ${inPlot} in all`);
  });

  it('shows the reads of each client, and none of a client without reads', async () => {
    const { body } = await visitor.get('/console');
    const reads = await count(
      `SELECT sum(count)::int AS count FROM hub.token_read_tally WHERE hour > date_trunc('hour', now(), 'UTC') - interval '24 hours'`,
    );
    expect(sumOfTable(body, 'Access tokens read by client, latest first')).toBe(reads);
    expect(body).toContain('Access tokens read by admin');
    expect(body).not.toContain('Access tokens read by idle');
  });

  it('shows how long the bank took, by brand and hour', async () => {
    const { body } = await visitor.get('/console');
    const calls = await rows<{ hour: string; brand: string; calls: string }>(
      `SELECT to_char(hour AT TIME ZONE 'UTC', 'MM-DD HH24:MI') AS hour, CASE brand WHEN 'banx' THEN 'Banx' ELSE 'Belfius' END AS brand,
              sum(count)::text AS calls
         FROM hub.bank_latency_tally WHERE hour > date_trunc('hour', now(), 'UTC') - interval '24 hours'
        GROUP BY hub.bank_latency_tally.hour, brand`,
    );
    const shown = rowsOfTable(body, 'Time of the bank for POST /token by brand, latest first');
    expect(shown.map(([hour, brand, number]) => [hour, brand, number].join(' ')).sort()).toEqual(
      calls.map(({ hour, brand, calls: number }) => [hour, brand, number].join(' ')).sort(),
    );
    // All calls of one hour lie in one bucket or the next: between its ends lie the percentiles.
    for (const [, , , ...percentiles] of shown)
      for (const text of percentiles) expect(Number(text.replace(' ms', ''))).toBeLessThanOrEqual(1_000);
  });

  it('shows the funnel of the timelines, by day and brand', async () => {
    const { body } = await visitor.get('/console');
    const entered = await rows<{ brand: string; state: string; count: number }>(
      `SELECT CASE c.brand WHEN 'banx' THEN 'Banx' ELSE 'Belfius' END AS brand, e.to_state AS state, count(*)::int AS count
         FROM hub.consent_event e JOIN hub.consent c ON c.id = e.consent_id
        WHERE e.to_state IN ('initiated', 'authorized', 'active') GROUP BY c.brand, e.to_state`,
    );
    const shown = rowsOfTable(body, 'Consents opened, returned and active by day and brand, latest first');
    for (const [at, state] of [
      [2, 'initiated'],
      [3, 'authorized'],
      [4, 'active'],
    ] as const)
      for (const brand of ['Belfius', 'Banx'])
        expect([
          brand,
          state,
          shown.filter((cells) => cells[1] === brand).reduce((sum, cells) => sum + Number(cells[at]), 0),
        ]).toEqual([
          brand,
          state,
          entered.find((row) => row.brand === brand && row.state === state)?.count ?? 0,
        ]);
  });

  it('shows pauses, deployments and outages of the database behind the refreshes', async () => {
    const { body } = await visitor.get('/console');
    const what = rowsOfTable(body, 'Pauses, deployments and outages, latest first').map(([, text]) => text);
    expect(what).toContain('refreshes of Banx paused');
    expect(what).toContain('refreshes of Banx resumed');
    // Of the version before, and of this hub.
    expect(what.filter((text) => text?.startsWith('deployment of version'))).toHaveLength(2);
    // Two hubs noticed it.
    expect(what.filter((text) => text === 'the database was restarted or replaced')).toHaveLength(1);
    expect(body.match(/class="f-band"/g)).toHaveLength(1);
  });

  it('proves what it says of spends, losses and recovered answers', async () => {
    const { body } = await visitor.get('/console');
    expect([tile(body, 'Double spends'), tile(body, 'Answers recovered')]).toEqual(['0', '7']);
  });

  it('shows the newest events, twenty at most', async () => {
    const feedOf = async () =>
      /<ol class="feed">(.*?)<\/ol>/s.exec((await visitor.get('/console')).body)?.[1] ?? '';
    // Transactions of other databases of the server hold the feed back for as long as they are open.
    await until(async () => (await feedOf()).match(/<li>/g)?.length === 20);
    expect(await feedOf()).toContain('/console/consents/');
  });

  it('is read once for fifty who look at it', async () => {
    const FIGURES =
      /hub\.(refresh_tally|token_read_tally|bank_latency_tally|consent_tally|hub_event|instance_run|instance_tally|token_request|consent_event|token_pair|consent_count)\b/;
    const sent = new Map<string, number>();
    const original: (...values: unknown[]) => unknown = pg.Client.prototype.query;
    const spy = jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...values: unknown[]
    ) {
      const [first] = values as [string | { readonly text?: string }];
      const text = typeof first === 'string' ? first : (first.text ?? '');
      if (FIGURES.test(text)) sent.set(text, (sent.get(text) ?? 0) + 1);
      return original.apply(this, values);
    });
    // Nothing that the tests before had the hub read is fresh any more. The clock stays there: it must never go back.
    const clock = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => clock() + 3_600_000);
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 50 }, () => visitor.get('/console')));
    const seconds = (performance.now() - began) / 1_000;
    spy.mockRestore();
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    // The newest events are fresh for 1.5 seconds, everything else for longer; a page of events may be read twice.
    const most = 2 * (1 + Math.ceil(seconds / 1.5));
    expect(sent.size).toBeGreaterThan(3);
    for (const [text, times] of sent) expect([text, times <= most]).toEqual([text, true]);
  });

  it('shows a circuit breaker that is open, there and in the inbox', async () => {
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

  it('begins with the figures of now and continues; a reader who leaves is removed', async () => {
    const stream = await follow(visitor);
    expect(stream.answer.headers.get('content-type')).toBe('text/event-stream');
    await until(() => (stream.text().match(/event: overview/g) ?? []).length >= 2);
    const [, data = '""'] = /data: (.*)\n/.exec(stream.text()) ?? [];
    expect(tile(JSON.parse(data) as string, 'Live')).toBe('8');
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
