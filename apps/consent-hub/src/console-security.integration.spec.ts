import { ErasureRegister, PersonEraser } from '@consent-hub/consent';
import { dumpDatabase } from '@consent-hub/testing';
import { VaultKeys } from '@consent-hub/token-vault';
import { AdminHub } from '../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../testing/console.harness.js';
import { TimelineVerificationJob } from './timeline/timeline-verification.job.js';
import { KeyRotationJob } from './vault-keys/key-rotation.job.js';
import { ResealJob } from './vault-keys/reseal.job.js';

jest.setTimeout(60_000);

let admin: AdminHub;
let viewer: ConsoleVisitor;
let operator: ConsoleVisitor;
let security: ConsoleVisitor;
beforeAll(async () => {
  admin = await AdminHub.start();
  viewer = await ConsoleVisitor.signIn(admin, ['viewer'], 'vera');
  operator = await ConsoleVisitor.signIn(admin, ['viewer', 'operator'], 'otto');
  security = await ConsoleVisitor.signIn(admin, ['viewer', 'security'], 'sara');
});
afterAll(() => admin.close());

const ACTIONS = ['reload', 'rotate', 'reseal', 'verify'] as const;
const path = (action: string) => `/console/security/actions/${action}`;
/** Without the sessions, whose last page is dated, and the keys, whose seals are counted. */
const dump = async () =>
  (await dumpDatabase(admin.database.url))
    .split('\n')
    .filter((line) => !line.startsWith('"hub"."console_session"'))
    .join('\n');
const lastAction = async () =>
  (
    await admin.dataSource.query<{ action: string; subject: string; reason: string; data: object }[]>(
      'SELECT action, subject, reason, data FROM hub.admin_action ORDER BY at DESC LIMIT 1',
    )
  )[0];
const keys = () => admin.hub.app.get(VaultKeys);
/** Announced by the console, and current once the job has looked. */
async function rotate(): Promise<string> {
  expect((await security.submit(path('rotate'), { reason: 'once a year' })).status).toBe(303);
  await admin.hub.app.get(KeyRotationJob).run();
  return keys().vault.currentKeyId;
}
/** Its pair was sealed by the hub itself. */
async function liveAtHub(psuRef: string = crypto.randomUUID()): Promise<void> {
  const { body } = await admin.call('POST', '/v1/consents', {
    ...{ scope: 'AIS', brand: 'belfius', psu_ref: psuRef, language: 'fr' },
  });
  const { consent_uris: links } = body as unknown as { consent_uris: { uri: string }[] };
  const state = new URL(links[0]?.uri ?? '').searchParams.get('state');
  await fetch(`${admin.hub.url}/callback/belfius?code=${crypto.randomUUID()}&state=${state}`);
}
/** The cells of a row of a table, without marks. */
const rowWith = (html: string, text: string): string[] => {
  const row = html.split('<tr>').find((part) => part.includes(text)) ?? '';
  return [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = '']) => cell.replaceAll(/<[^>]*>/g, ''));
};

describe('the keys of the vault', () => {
  it('are rotated, sealed anew and retired with reasons; the page says what needs each', async () => {
    const first = await rotate();
    await liveAtHub();
    const second = await rotate();
    const { body: before } = await viewer.get('/console/security');
    expect(rowWith(before, first)).toEqual(
      expect.arrayContaining(['former', expect.stringMatching(/token pairs/)]),
    );
    expect(before).not.toContain(`key=${first}`);
    const used = await dump();
    const refused = await security.submit(path('retire'), { key: first, reason: 'too early' });
    expect([refused.status, refused.body]).toEqual([
      409,
      expect.stringMatching(/in use.*token pairs.*Nothing was changed/s),
    ]);
    expect(actionsOf(await dump())).toBe(actionsOf(used));
    expect(keys().all.find(({ id }) => id === first)?.state).toBe('former');

    expect((await security.submit(path('reseal'), { reason: 'after the rotation' })).status).toBe(303);
    expect(await lastAction()).toMatchObject({ action: 'reseal_values', subject: 'link:sara' });
    const again = await security.submit(path('reseal'), { reason: 'twice' });
    expect([again.status, again.body]).toEqual([409, expect.stringContaining('are being sealed anew')]);
    expect((await viewer.get('/console/security/keys')).body).toContain('data-reseal="running"');
    await admin.hub.app.get(ResealJob).run();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const { body: after } = await viewer.get('/console/security/keys');
    expect(after).toContain('data-reseal="ended"');
    expect(rowWith(after, second)[3]).not.toBe('0');
  });

  it('that seal cannot be retired, nor those that there are not', async () => {
    const current = keys().vault.currentKeyId;
    const before = await dump();
    const sealing = await security.submit(path('retire'), { key: current, reason: 'because' });
    expect([sealing.status, sealing.body]).toEqual([409, expect.stringContaining('It seals values')]);
    for (const key of ['dk-20200101-00000000', ''])
      expect((await security.submit(path('retire'), { key, reason: 'because' })).status).toBe(404);
    expect(actionsOf(await dump())).toBe(actionsOf(before));
  });

  it('are shown at once, and not as safe to retire, while it is counted what needs them', async () => {
    const idle = await rotate();
    await rotate();
    const lock = admin.dataSource.createQueryRunner();
    await lock.startTransaction();
    await lock.query('LOCK TABLE hub.webhook IN ACCESS EXCLUSIVE MODE');
    const { status, body } = await security.get('/console/security');
    await lock.rollbackTransaction();
    await lock.release();
    expect([status, body.includes('is being counted')]).toEqual([200, true]);
    expect(rowWith(body, idle).slice(1)).toEqual([
      'former',
      'local',
      'being counted',
      '0',
      expect.any(String),
      '–',
    ]);
    expect(body).not.toContain('actions/retire');
  });

  it('are safe to retire once nothing needs them', async () => {
    const idle = await rotate();
    await rotate();
    expect(rowWith(await countedPage(security), idle)).toEqual(
      expect.arrayContaining([expect.stringContaining('safe to retire')]),
    );
    expect((await viewer.get('/console/security')).body).not.toContain('actions/retire');
    const { status, headers } = await security.submit(path('retire'), { key: idle, reason: 'not needed' });
    expect([status, headers.get('location')]).toEqual([303, '/console/security?done=retire#keys']);
    expect(await lastAction()).toEqual({
      action: 'retire_vault_key',
      subject: 'link:sara',
      reason: 'not needed',
      data: { key_id: idle },
    });
    expect(rowWith((await viewer.get('/console/security')).body, idle)[1]).toBe('retired');
  });
});

/** The page, once it is counted what needs the keys. */
const countedPage = async (visitor: ConsoleVisitor): Promise<string> => {
  for (;;) {
    const { body } = await visitor.get('/console/security');
    if (!body.includes('is being counted')) return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** Of a dump, what must not change when an action is refused. */
const actionsOf = (text: string): string =>
  text
    .split('\n')
    .filter((line) => /^"hub"\."(admin_action|hub_event|timeline_verification)"/.test(line))
    .join('\n');

describe('a verification of all timelines', () => {
  it('continues by itself, and is stored with who asked for it and what it found', async () => {
    const id = await admin.given.live(admin.owner);
    expect((await security.submit(path('verify'), { reason: 'before the upgrade' })).status).toBe(303);
    const twice = await security.submit(path('verify'), { reason: 'once more' });
    expect([twice.status, twice.body]).toEqual([409, expect.stringContaining('Hubs are verifying')]);
    expect((await viewer.get('/console/security')).body).toContain('running');
    await admin.hub.app.get(TimelineVerificationJob).run();
    const [, until, by, chains, , result, findings] = rowWith(
      (await viewer.get('/console/security')).body,
      'link:sara',
    );
    expect([by, result, findings]).toEqual(['link:sara', 'all whole', 'none']);
    expect(until).toMatch(/UTC$/);
    const [{ count } = { count: -1 }] = await admin.dataSource.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM hub.consent',
    );
    expect(chains).toBe(String(count));

    await admin.tamper(
      `UPDATE hub.consent_event SET reason = 'psu_refused' WHERE consent_id = $1 AND seq = 2`,
      id,
    );
    await security.submit(path('verify'), { reason: 'something is odd' });
    await admin.hub.app.get(TimelineVerificationJob).run();
    const found = rowWith((await viewer.get('/console/security')).body, id.slice(-12));
    expect(found.slice(-2)).toEqual(['1 broken', `…${id.slice(-12)}: entry 2 changed`]);
    await admin.tamper(`UPDATE hub.consent_event SET reason = NULL WHERE consent_id = $1 AND seq = 2`, id);
  });

  it('by the API is remembered too, page by page, until its end', async () => {
    const first = await admin.call('GET', '/v1/timeline/verification?limit=1');
    const cursor = String(first.body['next_cursor']);
    expect((await viewer.get('/console/security')).body).toContain('left unfinished');
    let next: string | null = cursor;
    while (next !== null) {
      const { body } = await admin.call('GET', `/v1/timeline/verification?limit=1&cursor=${next}`);
      next = body['next_cursor'] as string | null;
    }
    const row = rowWith((await viewer.get('/console/security')).body, 'API client admin');
    const [{ count } = { count: -1 }] = await admin.dataSource.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM hub.consent',
    );
    expect([row[3], row[5]]).toEqual([String(count), 'all whole']);
  });
});

describe('the register of erasures', () => {
  it('says when, by whom, why, how many and where, and never who was forgotten', async () => {
    const psuRef = 'anna-4711';
    await admin.given.live(admin.owner, { psuRef });
    await admin.given.live(admin.owner, { psuRef, brand: 'banx' });
    expect((await admin.call('POST', '/v1/erasures', { psu_ref: psuRef, revoke: true })).status).toBe(200);
    const old = await admin.given.live(admin.owner, { psuRef: 'bert-4712' });
    await admin.dataSource.transaction((tx) =>
      admin.given.consents.move(tx, old, {
        to: 'revoked',
        data: { reason: 'withdrawn_by_tpp' },
        actor: 'hub:test',
      }),
    );
    await admin.dataSource.query(
      `UPDATE hub.consent SET ended_at = now() - interval '40 days' WHERE id = $1`,
      [old],
    );
    await new PersonEraser(admin.dataSource, admin.given.consents).eraseEnded(
      30,
      10,
      'hub:consent-retention',
    );
    const { body } = await viewer.get('/console/security');
    expect(rowWith(body, 'POST /v1/erasures').slice(1)).toEqual([
      'API client admin',
      'asked for by POST /v1/erasures',
      '2',
      'Banx, Belfius',
    ]);
    expect(rowWith(body, 'CONSENT_RETENTION_DAYS').slice(1)).toEqual([
      'the hub itself',
      'ended longer ago than CONSENT_RETENTION_DAYS',
      '1',
      'Belfius',
    ]);
    expect(body).not.toMatch(/anna-4711|bert-4712/);
    const register = new ErasureRegister(admin.dataSource);
    const first = await register.page(1);
    expect((await register.page(1, first.next ?? '')).items).toMatchObject([{ consents: 2 }]);
    expect((await viewer.get(`/console/security?erased_before=${first.next}`)).body).not.toContain(
      'the hub itself',
    );
    expect((await viewer.get('/console/security?erased_before=yesterday')).status).toBe(400);
  });
});

describe('an action on keys, certificates or timelines', () => {
  it.each([
    ['a viewer', () => viewer],
    ['an operator', () => operator],
  ] as const)('of %s is refused', async (_who, person) => {
    const before = await dump();
    for (const action of [...ACTIONS, 'retire'])
      for (const { status, body } of [
        await person().get(path(action)),
        await person().submit(path(action), { reason: 'because', key: keys().vault.currentKeyId }),
      ])
        expect([action, status, body]).toEqual([
          action,
          403,
          expect.stringContaining('needs the role security'),
        ]);
    expect(await dump()).toBe(before);
    expect((await person().get('/console/security')).body).not.toContain('/actions/');
  });

  it.each(ACTIONS)('with a forged form or without a reason changes nothing: %s', async (action) => {
    const before = await dump();
    const forged = await security.post(path(action), { reason: 'forged', csrf: 'A'.repeat(43) });
    expect([forged.status, forged.body]).toEqual([403, expect.stringContaining('not one of your session')]);
    const empty = await security.submit(path(action), { reason: ' ' });
    expect([empty.status, empty.body]).toEqual([400, expect.stringContaining('aria-invalid')]);
    expect(await dump()).toBe(before);
  });

  it('that there is not is not found', async () => {
    expect((await security.get(path('explode'))).status).toBe(404);
    expect((await security.submit(path('explode'), { reason: 'because' })).status).toBe(404);
  });
});
