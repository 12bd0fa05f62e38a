import type { ConsentEventEntity } from '@consent-hub/consent';
import { ConsentRepository } from '@consent-hub/consent';
import { dumpDatabase } from '@consent-hub/testing';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';

jest.setTimeout(60_000);

const IBAN = 'BE68539007547034';
let admin: AdminHub;
let viewer: ConsoleVisitor;
let operator: ConsoleVisitor;
let security: ConsoleVisitor;
beforeAll(async () => {
  admin = await AdminHub.start({ REFRESH_MIN_INTERVAL_SECONDS: '0' });
  viewer = await ConsoleVisitor.signIn(admin, ['viewer'], 'vera');
  operator = await ConsoleVisitor.signIn(admin, ['viewer', 'operator'], 'otto');
  security = await ConsoleVisitor.signIn(admin, ['viewer', 'security'], 'sara');
});
afterAll(() => admin.close());

const consents = () => new ConsentRepository(admin.dataSource);
const path = (id: string, action = '') => `/console/consents/${id}${action === '' ? '' : `/${action}`}`;
const last = async (id: string): Promise<ConsentEventEntity | undefined> =>
  (await consents().events(id)).at(-1);
const audit = (id: string) =>
  admin.dataSource.query<{ id: string; action: string; subject: string; reason: string }[]>(
    'SELECT id, action, subject, reason FROM hub.admin_action WHERE consent_id = $1 ORDER BY at',
    [id],
  );
/** Without the sessions, whose last page is dated. */
const dump = async () =>
  (await dumpDatabase(admin.database.url))
    .split('\n')
    .filter((line) => !line.startsWith('"hub"."console_session"'))
    .join('\n');

/** Live, with a pair that the hub itself has sealed. */
async function liveAtHub(): Promise<string> {
  const { body } = await admin.call('POST', '/v1/consents', {
    ...{ scope: 'AIS', brand: 'belfius', psu_ref: crypto.randomUUID(), language: 'fr' },
  });
  const { id, consent_uris: links } = body as unknown as { id: string; consent_uris: { uri: string }[] };
  const state = new URL(links[0]?.uri ?? '').searchParams.get('state');
  await fetch(`${admin.hub.url}/callback/belfius?code=${crypto.randomUUID()}&state=${state}`);
  return id;
}

describe('a person who acts on a consent', () => {
  it('revokes it with a reason, which the audit holds; the timeline names the person and the entry of the audit', async () => {
    const id = await admin.given.live(admin.owner);
    const { status, headers } = await operator.submit(path(id, 'revoke'), {
      reason: '  asked by the customer \n',
    });
    expect([status, headers.get('location')]).toEqual([303, `${path(id)}?done=revoke`]);
    const consent = await consents().find(id);
    expect(consent).toMatchObject({
      state: 'revoked',
      stateReason: 'withdrawn_by_tpp',
      tokenPair: { refreshToken: null },
    });
    const [entry, ...others] = await audit(id);
    expect([entry, others]).toEqual([
      expect.objectContaining({
        action: 'revoke_consent',
        subject: 'link:otto',
        reason: 'asked by the customer',
      }),
      [],
    ]);
    expect(await last(id)).toMatchObject({
      actor: 'admin:link:otto',
      toState: 'revoked',
      data: { admin_action: entry?.id },
    });
    expect((await operator.get(path(id))).body).toMatch(/4 entries, verified/);
  });

  it('withdraws a link that still waits', async () => {
    const { id } = await admin.given.opened(admin.owner);
    expect((await operator.submit(path(id, 'revoke'), { reason: 'opened by mistake' })).status).toBe(303);
    expect(await consents().find(id)).toMatchObject({ state: 'expired', stateReason: 'withdrawn_by_tpp' });
  });

  it('is one of two who revoke it at once; of the other nothing is left', async () => {
    const id = await admin.given.live(admin.owner);
    const both = await Promise.all(
      ['first', 'second'].map((reason) => operator.submit(path(id, 'revoke'), { reason })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([303, 409]);
    expect(both.find(({ status }) => status === 409)?.body).toContain('It is revoked (withdrawn_by_tpp)');
    expect(await audit(id)).toHaveLength(1);
  });

  it('refreshes it with a reason: the bank is asked once, and the next generation is there', async () => {
    const id = await liveAtHub();
    const before = admin.bank.requests.length;
    const { status, headers } = await operator.submit(path(id, 'refresh'), { reason: 'a service says 401' });
    expect([status, headers.get('location')]).toEqual([303, `${path(id)}?done=refresh`]);
    expect(admin.bank.requests.length).toBe(before + 1);
    expect(await consents().find(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
    const [entry] = await audit(id);
    const asked = (await consents().events(id)).find(({ type }) => type === 'refresh_requested');
    expect(asked).toMatchObject({ actor: 'admin:link:otto', data: { admin_action: entry?.id } });
  });

  it('sees account numbers once a reason was given, and masked anywhere else', async () => {
    const id = await admin.given.live(admin.owner, { scope: 'CAF', iban: IBAN });
    const masked = (await security.get(path(id))).body;
    expect(masked).toContain('BE68 •••• 7034');
    const listed = await security.get(`/console/consents?q=${IBAN}`);
    expect(listed.body).toContain(`…${id.slice(-12)}`);
    expect(masked).not.toMatch(/539007547034|5390 0754/);
    const { status, body } = await security.submit(path(id, 'reveal'), { reason: 'fraud case 17' });
    expect([status, body]).toEqual([200, expect.stringContaining('BE68 5390 0754 7034')]);
    expect(await audit(id)).toMatchObject([
      { action: 'reveal_account_numbers', subject: 'link:sara', reason: 'fraud case 17' },
    ]);
    expect(await last(id)).toMatchObject({ type: 'account_numbers_revealed', actor: 'admin:link:sara' });
  });
});

describe('an action', () => {
  it.each([
    ['a viewer', 'refresh', () => viewer, 'operator'],
    ['a viewer', 'revoke', () => viewer, 'operator'],
    ['a viewer', 'reveal', () => viewer, 'security'],
    ['an operator', 'reveal', () => operator, 'security'],
    ['security', 'revoke', () => security, 'operator'],
  ] as const)('of %s without the role is refused: %s', async (_who, action, person, role) => {
    const id = await admin.given.live(admin.owner);
    const before = await dump();
    const refused = [
      await person().get(path(id, action)),
      await person().submit(path(id, action), { reason: 'because' }),
    ];
    for (const { status, body } of refused)
      expect([status, body]).toEqual([403, expect.stringContaining(`needs the role ${role}`)]);
    expect(await dump()).toBe(before);
    expect((await person().get(path(id))).body).not.toContain(`${path(id)}/${action}"`);
  });

  it.each([
    ['without the value of the session', () => Promise.resolve({})],
    ['with a made-up value', () => Promise.resolve({ csrf: 'A'.repeat(43) })],
    ['with the value of another session', async () => ({ csrf: await security.csrf() })],
  ])('%s is refused', async (_how, forged) => {
    const id = await admin.given.live(admin.owner);
    const before = await dump();
    const { status, body } = await operator.post(path(id, 'revoke'), {
      reason: 'forged',
      ...(await forged()),
    });
    expect([status, body]).toEqual([403, expect.stringContaining('not one of your session')]);
    expect(await dump()).toBe(before);
  });

  it('that a page of another site sends is refused', async () => {
    const id = await admin.given.live(admin.owner);
    const csrf = await operator.csrf();
    const answer = await operator.post(
      path(id, 'revoke'),
      { reason: 'x-site', csrf },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(answer.status).toBe(403);
    expect(await consents().find(id)).toMatchObject({ state: 'active' });
  });

  it.each(['', ' ', 'no', 'x'.repeat(501)])(
    'without a reason that says something is asked for one: "%.5s"',
    async (reason) => {
      const id = await admin.given.live(admin.owner);
      const before = await dump();
      const { status, body } = await operator.submit(path(id, 'revoke'), { reason });
      expect([status, body]).toEqual([400, expect.stringContaining('aria-invalid')]);
      expect(await dump()).toBe(before);
    },
  );

  it('on a consent that there is not says so', async () => {
    const id = '0190d8a0-0000-7000-8000-000000000000';
    for (const { status } of [
      await operator.get(path(id)),
      await operator.submit(path(id, 'revoke'), { reason: 'gone' }),
    ])
      expect(status).toBe(404);
    expect((await operator.get('/console/consents/nonsense')).status).toBe(400);
  });
});

describe('the audit', () => {
  it('cannot be changed by the hub, nor by anybody else without disabling its triggers', async () => {
    for (const statement of [
      `UPDATE hub.admin_action SET reason = 'another'`,
      'DELETE FROM hub.admin_action',
      'TRUNCATE hub.admin_action',
    ])
      await expect(admin.dataSource.query(statement)).rejects.toThrow(/append-only/);
  });
});
