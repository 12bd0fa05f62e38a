import { newId } from '@consent-hub/platform';
import { dumpDatabase } from '@consent-hub/testing';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';
import { AttentionService } from './attention.service.js';

jest.setTimeout(60_000);

let admin: AdminHub;
let viewer: ConsoleVisitor;
let operator: ConsoleVisitor;
const failed: string[] = [];
let doubtful: string;
let webhook: string;

const failOne = async (psuRef: string): Promise<string> => {
  const id = await admin.given.live(admin.owner, { psuRef });
  await admin.dataSource.transaction((tx) =>
    admin.given.consents.move(tx, id, { to: 'failed', data: { reason: 'rotation_lost' }, actor: 'hub:test' }),
  );
  return id;
};

beforeAll(async () => {
  admin = await AdminHub.start();
  viewer = await ConsoleVisitor.signIn(admin, ['viewer'], 'vera');
  operator = await ConsoleVisitor.signIn(admin, ['viewer', 'operator'], 'otto');
  for (const name of ['anna', 'ben', 'carl', 'dora']) failed.push(await failOne(name));
  doubtful = await admin.given.live(admin.owner, { psuRef: 'in-doubt' });
  await admin.request(doubtful, 'in_doubt');
  await admin.dataSource.query(
    `UPDATE hub.token_request SET lease_ends_at = now() + interval '200 seconds' WHERE consent_id = $1`,
    [doubtful],
  );
  webhook = newId();
  await admin.dataSource.query(
    `INSERT INTO hub.webhook (id, api_client_id, url, event_types, secret, starts_after, failing_since)
     VALUES ($1, $2, 'https://receiver.example', '{consent.failed}', '\\x00', 0, now() - interval '1 hour')`,
    [webhook, admin.owner.id],
  );
  await admin.dataSource.query(
    `INSERT INTO hub.token_use (consent_id, api_client_id, uses, last_used_at)
     SELECT id, $2, 3, now() FROM unnest($1::uuid[]) AS id`,
    [failed.slice(0, 2), admin.adminId],
  );
});
afterAll(() => admin.close());

/** The next who looks sees what is in the database now. */
const inbox = async (visitor = operator): Promise<string> => {
  admin.hub.app.get(AttentionService).forget();
  return (await visitor.get('/console/attention')).body;
};
const sectionOf = (body: string, id: string): string =>
  new RegExp(`<section class="card stack" aria-labelledby="${id}">.*?</section>`, 's').exec(body)?.[0] ?? '';
const openIn = (body: string, id: string): string[] =>
  [
    ...(/<tbody>.*?<\/tbody>/s.exec(sectionOf(body, id))?.[0] ?? '').matchAll(/consents\/([\da-f-]{36})"/g),
  ].map(([, consent = '']) => consent);
const note = (name: string, fields: Record<string, string>, visitor = operator) =>
  visitor.submit(`/console/attention/${name}`, { reason: 'known to the team', ...fields });
const inHours = (hours: number): string =>
  new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);
/** Without the sessions, whose last page is dated. */
const dump = async (): Promise<string> =>
  (await dumpDatabase(admin.database.url))
    .split('\n')
    .filter((line) => !line.startsWith('"hub"."console_session"'))
    .join('\n');
const happens = (consentId: string): Promise<void> =>
  admin.dataSource.transaction((tx) =>
    admin.given.consents.record(tx, consentId, 'grant_refused', 'hub:test'),
  );

describe('the inbox', () => {
  it('says for each cause what happened, what comes next and when, and which services notice', async () => {
    const body = await inbox();
    expect(openIn(body, 'failed').sort()).toEqual([...failed].sort());
    expect(sectionOf(body, 'failed')).toContain('admin (2)');
    expect(sectionOf(body, 'failed')).toContain('not by the clock');
    expect(sectionOf(body, 'in_doubt')).toMatch(/title="\d{4}-[^"]+ UTC">in\u00a0?\s?3\u00a0min</);
    expect(body).toMatch(/A webhook of .* is failing/);
    expect(body).toContain('data-stream="/console/live?of=attention"');
  });

  it('exports a group by the search', async () => {
    const [, path = ''] =
      /href="([^"]+format=csv)"/.exec(sectionOf(await inbox(), 'failed').replaceAll('&amp;', '&')) ?? [];
    const { body } = await viewer.get(path);
    expect(
      body
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map((line) => line.slice(0, 36))
        .sort(),
    ).toEqual([...failed].sort());
  });

  it('is the same for browsers that ask again and again', async () => {
    const { status, body } = await viewer.get('/console/attention/now');
    expect([status, body]).toEqual([200, expect.stringContaining('Consents that failed')]);
    expect(body).not.toContain('<html');
  });
});

describe('a person', () => {
  it('acknowledges one consent: it leaves the inbox, and comes back with the next entry of its timeline', async () => {
    const [id = ''] = failed;
    expect((await note('acknowledge', { cause: 'failed', consent: id })).status).toBe(303);
    expect(openIn(await inbox(), 'failed')).not.toContain(id);
    expect(sectionOf(await inbox(), 'failed')).toContain('known to the team');
    const [entry] = await admin.dataSource.query<{ id: string; consent_id: string; data: object }[]>(
      `SELECT id, consent_id, data FROM hub.admin_action WHERE action = 'acknowledge_attention'`,
    );
    expect(entry).toMatchObject({ consent_id: id, data: { cause: 'failed' } });
    expect((await admin.given.consents.events(id)).at(-1)).toMatchObject({
      type: 'attention_acknowledged',
      actor: 'admin:link:otto',
      data: { cause: 'failed', admin_action: entry?.id },
    });
    // Its own entry in the timeline is no news, however soon the note follows it: within a millisecond on a quick machine.
    await admin.dataSource.query(
      `UPDATE hub.attention_note SET at = (SELECT max(at) FROM hub.consent_event WHERE consent_id = $1) + interval '1 microsecond'
        WHERE consent_id = $1`,
      [id],
    );
    expect(openIn(await inbox(), 'failed')).not.toContain(id);
    await happens(id);
    expect(openIn(await inbox(), 'failed')).toContain(id);
  });

  it('puts one off: it stays away until its time, whatever happens', async () => {
    const [, id = ''] = failed;
    await note('snooze', { cause: 'failed', consent: id, until: inHours(2) });
    await happens(id);
    expect(openIn(await inbox(), 'failed')).not.toContain(id);
    await admin.dataSource.query(
      `UPDATE hub.attention_note SET snoozed_until = now() - interval '1 second' WHERE consent_id = $1`,
      [id],
    );
    expect(openIn(await inbox(), 'failed')).toContain(id);
  });

  it('acknowledges all of a cause: what comes later is shown', async () => {
    await note('acknowledge', { cause: 'failed' });
    expect(openIn(await inbox(), 'failed')).toEqual([]);
    const later = await failOne('erik');
    expect(openIn(await inbox(), 'failed')).toEqual([later]);
    failed.push(later);
  });

  it('acknowledges a cause of the hub itself, until it is another one', async () => {
    await note('acknowledge', { cause: `webhook:${webhook}` });
    expect(await inbox()).toContain('1 of the hub acknowledged or put off');
    await admin.dataSource.query(
      `UPDATE hub.webhook SET state = 'disabled', disabled_reason = 'failing', disabled_at = now() WHERE id = $1`,
      [webhook],
    );
    expect(await inbox()).toMatch(/<h2[^>]*>A webhook of [^<]* is disabled/);
  });
});

describe('a note', () => {
  it.each([
    ['no reason', { reason: ' ' }, 'Say in a few words why'],
    ['a time in the past', { until: '2026-01-01T00:00' }, 'This time is in the past'],
    ['no time', { until: 'soon' }, 'This is no date'],
    ['a time far away', { until: inHours(24 * 40) }, 'within 31 days'],
  ])('with %s is asked for again, and nothing is changed', async (_what, fields, words) => {
    const before = await dump();
    const { status, body } = await note('snooze', { cause: 'in_doubt', until: inHours(1), ...fields });
    expect([status, body]).toEqual([400, expect.stringContaining(words)]);
    expect(await dump()).toBe(before);
  });

  it.each(['acknowledge', 'snooze'])('of a viewer is refused: %s', async (name) => {
    const before = await dump();
    for (const { status, body } of [
      await viewer.get(`/console/attention/${name}?cause=in_doubt`),
      await note(name, { cause: 'in_doubt', until: inHours(1) }, viewer),
    ])
      expect([status, body]).toEqual([403, expect.stringContaining('needs the role operator')]);
    expect(await dump()).toBe(before);
    expect(await inbox(viewer)).not.toContain(`/console/attention/${name}`);
  });

  it('in a form of another session is refused', async () => {
    const before = await dump();
    const { status } = await operator.post('/console/attention/acknowledge', {
      cause: 'in_doubt',
      reason: 'forged',
      csrf: await viewer.csrf(),
    });
    expect(status).toBe(403);
    expect(await dump()).toBe(before);
  });

  it.each([
    [{ cause: 'nonsense' }, 404],
    [{ cause: 'failed', consent: '0190d8a0-0000-7000-8000-000000000000' }, 404],
    [{ cause: 'failed', consent: 'x' }, 404],
    [{ cause: `webhook:${newId()}` }, 404],
  ])('about what there is not changes nothing: %j', async (fields, status) => {
    const before = await dump();
    expect((await note('acknowledge', fields as Record<string, string>)).status).toBe(status);
    expect(await dump()).toBe(before);
  });
});

describe('an answer that cannot be read', () => {
  const path = (id: string, name: string) => `/console/consents/${id}/${name}`;

  it('is read again on demand, and stays kept where this version cannot read it either', async () => {
    const id = await admin.given.live(admin.owner);
    await admin.keepAnswer(id, '{"unknown": true, "access_token": 1}');
    const { status, body } = await operator.submit(path(id, 'reread'), { reason: 'after the upgrade' });
    expect([status, body]).toEqual([409, expect.stringContaining('still cannot be read')]);
    expect((await admin.given.consents.events(id)).at(-1)).toMatchObject({ type: 'answer_read_again' });
  });

  it('is given up with a reason: the request is in doubt, which the timeline says', async () => {
    const id = await admin.given.live(admin.owner);
    await admin.keepAnswer(id, '{"unknown": true, "access_token": 1}');
    expect((await operator.get(`/console/consents/${id}`)).body).toContain('Give up the answer…');
    expect((await operator.submit(path(id, 'resolve'), { reason: 'the bank helps' })).status).toBe(303);
    expect((await admin.given.consents.events(id)).slice(-2)).toMatchObject([
      { type: 'answer_given_up', actor: 'admin:link:otto' },
      { type: 'grant_in_doubt', actor: 'admin:link:otto' },
    ]);
    expect((await operator.submit(path(id, 'resolve'), { reason: 'once more' })).status).toBe(409);
  });

  it('is nothing that a viewer acts on', async () => {
    const id = await admin.given.live(admin.owner);
    await admin.keepAnswer(id, '{"unknown": true, "access_token": 1}');
    const before = await dump();
    for (const name of ['reread', 'resolve'])
      expect((await viewer.submit(path(id, name), { reason: 'because' })).status).toBe(403);
    expect(await dump()).toBe(before);
  });
});
