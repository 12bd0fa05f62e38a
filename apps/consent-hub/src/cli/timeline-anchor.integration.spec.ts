import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminHub } from '../../testing/admin-hub.harness.js';
import { runHere } from '../../testing/cli.harness.js';

jest.setTimeout(60_000);
let hub: AdminHub;
let directory: string;
let anchorFile: string;
const file = (name: string): string => join(directory, name);

/** A pair of keys as openssl writes them. */
async function keys(name: string): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await writeFile(file(`${name}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(file(`${name}.pub.pem`), publicKey.export({ type: 'spki', format: 'pem' }));
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
}

beforeEach(async () => {
  hub = await AdminHub.start();
  directory = await mkdtemp(join(tmpdir(), 'consent-hub-anchor-'));
  anchorFile = file('anchor.json');
  await keys('own');
});
afterEach(async () => {
  await hub.close();
  await rm(directory, { recursive: true });
});

const run = (...args: string[]) => runHere(hub.env, ...args);
const verify = (...args: string[]) =>
  run('timeline', 'verify', '--anchor', anchorFile, '--public-key', file('own.pub.pem'), ...args);

async function makeAnchor(): Promise<void> {
  const { exitCode, stdout, stderr } = await run('timeline', 'anchor', '--key', file('own.pem'));
  expect(stderr).toMatch(/^Anchored \d+ timelines?\. Signed with the key [\w+/=]+\.\n$/);
  expect(exitCode).toBe(0);
  await writeFile(anchorFile, stdout);
}

/** As a superuser who knows how timelines are made: entries from `seq` on bear hashes that fit, and so does the head. */
async function rewriteFrom(id: string, seq: number, actor: string): Promise<void> {
  await hub.dataSource.transaction(async (tx) => {
    await tx.query(`SET LOCAL session_replication_role = replica`);
    await tx.query(`UPDATE hub.consent_event SET actor = $3 WHERE consent_id = $1 AND seq = $2`, [
      id,
      seq,
      actor,
    ]);
    const [{ last } = { last: 0 }] = await tx.query<{ last: number }[]>(
      `SELECT max(seq) AS last FROM hub.consent_event WHERE consent_id = $1`,
      [id],
    );
    for (let at = seq; at <= last; at++) {
      await tx.query(
        `UPDATE hub.consent_event e SET previous_hash =
            (SELECT hash FROM hub.consent_event WHERE consent_id = $1 AND seq = $2 - 1)
          WHERE consent_id = $1 AND seq = $2`,
        [id, at],
      );
      await tx.query(
        `UPDATE hub.consent_event e SET hash = hub.consent_event_hash(e) WHERE consent_id = $1 AND seq = $2`,
        [id, at],
      );
    }
    await tx.query(
      `UPDATE hub.consent_timeline t SET seq = e.seq, hash = e.hash FROM hub.consent_event e
        WHERE t.consent_id = $1 AND e.consent_id = $1 AND e.seq = $2`,
      [id, last],
    );
  });
}

async function cutTo(id: string, seq: number): Promise<void> {
  await hub.tamper(`DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq > ${seq}`, id);
  await hub.tamper(
    `UPDATE hub.consent_timeline t SET seq = e.seq, hash = e.hash FROM hub.consent_event e
      WHERE t.consent_id = $1 AND e.consent_id = $1 AND e.seq = ${seq}`,
    id,
  );
}

async function remove(id: string): Promise<void> {
  for (const table of ['consent_event', 'consent_timeline', 'token_pair'])
    await hub.tamper(`DELETE FROM hub.${table} WHERE consent_id = $1`, id);
  await hub.tamper(`DELETE FROM hub.consent WHERE id = $1`, id);
}

const live = () => hub.given.live(hub.owner);

describe('an external anchor', () => {
  it('finds timelines that were rewritten, cut or removed with hashes that fit, which verification alone does not', async () => {
    const [rewritten, cut, removed, whole] = [await live(), await live(), await live(), await live()];
    await makeAnchor();
    await rewriteFrom(rewritten, 1, 'psu');
    await cutTo(cut, 2);
    await remove(removed);

    expect(await run('timeline', 'verify')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Verified 3 timelines with 8 entries: all are whole\.\n/),
    });
    const { exitCode, stdout } = await verify();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Compared 4 timelines with the anchor of ');
    expect(stdout).toContain(': 3 rewritten.\n');
    expect(stdout).toContain(`  ${rewritten} was rewritten: entry 3 or one before it is not what it was\n`);
    expect(stdout).toContain(`  ${cut} was cut: entry 3 was there and is missing\n`);
    expect(stdout).toContain(`  ${removed} was removed: nothing of it is left\n`);
    expect(stdout).not.toContain(whole);

    const data = JSON.parse((await verify('--json')).stdout) as Record<string, unknown>;
    expect(data).toMatchObject({
      broken_count: 0,
      anchor: {
        count: 4,
        compared: 4,
        rewritten_count: 3,
        rewritten: [
          { consent_id: rewritten, seq: 3, fault: 'rewritten' },
          { consent_id: cut, seq: 3, fault: 'cut' },
          { consent_id: removed, seq: 3, fault: 'removed' },
        ],
      },
    });
    expect(await verify(whole)).toMatchObject({ exitCode: 0 });
    expect(await verify(rewritten)).toMatchObject({ exitCode: 1 });
  });

  it('finds a timeline that was cut and got other entries', async () => {
    const id = await live();
    await makeAnchor();
    await cutTo(id, 2);
    for (let count = 0; count < 3; count++)
      await hub.dataSource.query(
        `INSERT INTO hub.consent_event (consent_id, type, actor) VALUES ($1, 'note', 'hub:test')`,
        [id],
      );
    expect(await run('timeline', 'verify')).toMatchObject({ exitCode: 0 });
    expect(await verify()).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining(`${id} was rewritten: entry 3`),
    });
  });

  it('has nothing against what was added since: entries, timelines, and the erasure of a person', async () => {
    const id = await hub.given.live(hub.owner, { psuRef: 'anna' });
    await makeAnchor();
    await hub.given.refreshed(id);
    await live();
    expect((await hub.call('POST', '/v1/erasures', { psu_ref: 'anna', revoke: true })).status).toBeLessThan(
      300,
    );
    const { exitCode, stdout } = await verify();
    expect(stdout).toContain('Compared 1 timeline with the anchor of ');
    expect(stdout).toContain(': all are what they were.\n');
    expect(exitCode).toBe(0);
  });

  it('is of all timelines, and holds nothing but ids, numbers and hashes', async () => {
    for (let count = 0; count < 3; count++) await hub.given.live(hub.owner, { psuRef: `person-${count}` });
    await makeAnchor();
    const [header = '', ...lines] = (await readFile(anchorFile, 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(header)).toEqual({
      format: 'consent-hub-timeline-anchor/1',
      hub: hub.hub.url,
      begun_at: expect.any(String),
      public_key: expect.any(String),
    });
    expect(JSON.parse(lines.pop() ?? '')).toMatchObject({ count: 3 });
    for (const line of lines) expect(line).toMatch(/^\["[\da-f-]{36}",3,"[\da-f]{64}"\]$/);
    expect(lines).toHaveLength(3);
  });

  it('is not believed when it was changed, is not whole, or was signed by another key', async () => {
    await live();
    await makeAnchor();
    const text = await readFile(anchorFile, 'utf8');
    const errorOf = async (changed: string, ...args: string[]) => {
      await writeFile(anchorFile, changed);
      const { exitCode, stdout, stderr } = await run('timeline', 'verify', '--anchor', anchorFile, ...args);
      expect([exitCode, stdout]).toEqual([1, '']);
      return stderr;
    };
    expect(await errorOf(text.replace(/",3,"/, '",2,"'))).toContain('was changed after it was signed');
    expect(await errorOf(text.replace(/"count":1/, '"count":2'))).toContain(
      'was changed after it was signed',
    );
    expect(await errorOf(text.replace(/"ended_at":"2/, '"ended_at":"3'))).toContain(
      'does not bear the signature',
    );
    expect(await errorOf(text.split('\n').slice(0, 2).join('\n'))).toContain('no whole anchor');
    expect(await errorOf('{}\n')).toContain('is no anchor of the form');
    await keys('other');
    expect(await errorOf(text, '--public-key', file('other.pub.pem'))).toContain('signed with another key');
    await writeFile(anchorFile, text);
    expect(await run('timeline', 'verify', '--anchor', anchorFile)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('compare it with yours, or give --public-key'),
    });
  });

  it('is made with a key of Ed25519 alone, and says so', async () => {
    expect(await run('timeline', 'anchor')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('CONSENT_HUB_ANCHOR_KEY_FILE'),
    });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(file('rsa.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    for (const name of ['rsa.pem', 'nowhere.pem'])
      expect(await run('timeline', 'anchor', '--key', file(name))).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: expect.stringContaining('holds no private key of Ed25519'),
      });
    expect(await run('timeline', 'verify', '--public-key', file('own.pub.pem'))).toMatchObject({
      exitCode: 2,
    });
  });
});

describe('the API of heads and hashes', () => {
  it('is for admins alone, and refuses what it does not understand', async () => {
    const key = await hub.keyOf('platform', ['consents:read']);
    const id = await live();
    expect(await hub.call('GET', '/v1/timeline/heads', undefined, key)).toMatchObject({ status: 403 });
    expect(await hub.call('POST', '/v1/timeline/hashes', { items: [] }, key)).toMatchObject({ status: 403 });
    for (const query of ['limit=0', 'limit=5001', 'cursor=x'])
      expect(await hub.call('GET', `/v1/timeline/heads?${query}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field: query.split('=')[0] }] },
      });
    const tooMany = Array.from({ length: 501 }, () => ({ consent_id: id, seq: 1 }));
    for (const items of [
      [],
      tooMany,
      'x',
      [{ consent_id: 'x', seq: 1 }],
      [{ consent_id: id, seq: 0 }],
      [null],
    ])
      expect(await hub.call('POST', '/v1/timeline/hashes', { items })).toMatchObject({
        status: 400,
        body: { code: 'invalid_input' },
      });
  });
});
