import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsentAccountRepository, DEFAULT_SCHEDULE, TokenUseRepository } from '@consent-hub/consent';
import { ensureDevelopmentCertificates } from '@consent-hub/eidas';
import { newId, newRequestId, type Caller } from '@consent-hub/platform';
import { BRANDS, Secret } from '@consent-hub/psd2-protocol';
import { hubEnvironment, type GivenConsents } from '@consent-hub/testing';
import { TokenVault } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import { AdminHub } from '../../testing/admin-hub.harness.js';
import { runHere } from '../../testing/cli.harness.js';

jest.setTimeout(60_000);
let hub: AdminHub;
let dataSource: DataSource;
let given: GivenConsents;
let owner: Caller;

/** One for the tests of a group. */
const ofOneHub = (): void => {
  beforeAll(async () => {
    hub = await AdminHub.start();
    ({ dataSource, given, owner } = hub);
  });
  afterAll(() => hub.close());
};

/** With the hub's address and an admin's key alone: no database. */
const run = (...args: string[]) => runHere(hub.env, ...args);
const data = async (...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await run(...args, '--json')).stdout) as Record<string, unknown>;

describe('consent-hub consents', () => {
  ofOneHub();
  it('lists what the filters meet, page by page', async () => {
    const older = await given.live(owner, { psuRef: 'anna' });
    const newer = await given.live(owner, { psuRef: 'anna', scope: 'PIS' });
    await given.opened(owner, { psuRef: 'ben' });
    const filters = ['--psu-ref', 'anna', '--state', 'active', '--state', 'refreshed', '--limit', '1'];
    const first = await data('consents', 'list', ...filters);
    expect(first).toMatchObject({ items: [{ id: newer, attention: [] }], next_cursor: expect.any(String) });
    const second = await data('consents', 'list', ...filters, '--cursor', String(first['next_cursor']));
    expect(second).toMatchObject({ items: [{ id: older }], next_cursor: null });
    const { stdout } = await run('consents', 'list', '--psu-ref', 'anna');
    expect(stdout).toMatch(new RegExp(`^ID .*ATTENTION\\n${newer} .* anna +active .*\\n${older} .*\\n$`));
    expect((await run('consents', 'list', '--needs-attention')).stdout).toBe('There is no such consent.\n');
  });

  it('lists by end, reason and client, in the order asked for, and counts', async () => {
    const other = await given.caller();
    const ids: string[] = [];
    for (const by of [owner, other]) ids.push(await given.live(by));
    for (const id of ids) {
      const data = { reason: 'withdrawn_by_tpp' } as const;
      await dataSource.transaction((tx) =>
        given.consents.move(tx, id, { to: 'revoked', data, actor: 'hub:test' }),
      );
    }
    const reason = ['--state-reason', 'withdrawn_by_tpp', '--count'];
    expect(await data('consents', 'list', ...reason, '--order', 'ended_at')).toMatchObject({
      items: [{ id: ids[1] }, { id: ids[0] }],
      total: 2,
      total_is_exact: true,
    });
    expect(
      await data('consents', 'list', '--client', owner.name, '--ended-from', '2026-01-01'),
    ).toMatchObject({ items: [{ id: ids[0] }] });
    const { stdout } = await run('consents', 'list', ...reason, '--client', other.id);
    expect(stdout).toMatch(/\n1 consent\.\n$/);
    expect(await run('consents', 'list', '--client', 'unknown')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--client must be the name or the id of an API client'),
    });
  });

  it('lists what failed with its end and its reason', async () => {
    const id = await given.live(owner, { psuRef: 'anna' });
    const data = { reason: 'rotation_lost' } as const;
    await dataSource.transaction((tx) =>
      given.consents.move(tx, id, { to: 'failed', data, actor: 'hub:token-grant' }),
    );
    const { stdout } = await run('consents', 'list', '--state', 'failed', '--needs-attention');
    expect(stdout).toMatch(/^ID .* STATE +ENDED +EXPIRES +ATTENTION\n/);
    expect(stdout).toMatch(
      new RegExp(`\n${id} .* failed \\(rotation_lost\\) +20\\S+Z +20\\d\\d-\\d\\d-\\d\\d +failed\\n$`),
    );
  });

  it('shows one with accounts and timeline, and no token', async () => {
    const id = await given.live(owner, { psuRef: 'anna' });
    const lists = new ConsentAccountRepository(dataSource, given.consents);
    await lists.store(id, [{ iban: 'BE83063154780915', logicalId: 'l-1' }], 'hub:test');
    const { stdout } = await run('consents', 'show', id);
    expect(stdout).toMatch(/accounts +BE83063154780915/);
    expect(stdout).toMatch(/1 +\S+ +opened +initiated +- +client:client-/);
    expect(stdout).toMatch(/3 +\S+ +state_changed +authorized > active +- +hub:test/);
    expect(await data('consents', 'show', id)).toMatchObject({
      id,
      accounts: [{ iban: 'BE83063154780915', logical_id: 'l-1' }],
      events: [{ seq: 1 }, { seq: 2 }, { seq: 3 }, { seq: 4 }],
    });
    expect(stdout).not.toMatch(/access-|refresh-1|verifier/);
    expect(await run('consents', 'show', newId())).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('sends nothing to the bank when it shows a consent whose accounts the bank has not returned', async () => {
    const id = await given.live(owner);
    const ask = jest.spyOn(hub.bank, 'listAccounts');
    expect(await data('consents', 'show', id)).toMatchObject({ id, accounts: [], events: [{}, {}, {}] });
    expect([ask.mock.calls, hub.bank.requests]).toEqual([[], []]);
  });

  it('shows who was handed the tokens of one', async () => {
    const id = await given.live(owner);
    const use = { consentId: id, apiClientId: owner.id, uses: 3, ageSeconds: 0 };
    await new TokenUseRepository(dataSource).write([use], DEFAULT_SCHEDULE);
    const { stdout } = await run('consents', 'show', id);
    expect(stdout).toMatch(
      new RegExp(`\\nCLIENT +TOKENS READ +LAST\\n${owner.name} +3 +20\\d\\d-.*Z\\n\\n# `),
    );
    expect(await data('consents', 'show', id)).toMatchObject({
      token_uses: [{ api_client: owner.name, api_client_id: owner.id, count: 3 }],
    });
  });

  it('revokes as the API does, and says when there is nothing to revoke', async () => {
    const id = await given.live(owner);
    expect(await run('consents', 'revoke', id)).toEqual({
      exitCode: 0,
      stdout: `Revoked ${id}.\n`,
      stderr: '',
    });
    expect(await given.consents.find(id)).toMatchObject({
      state: 'revoked',
      stateReason: 'withdrawn_by_tpp',
      tokenPair: { accessToken: null, refreshToken: null },
    });
    expect((await given.consents.events(id)).at(-1)).toMatchObject({ actor: `client:${hub.adminId}` });
    expect(await run('consents', 'revoke', id)).toMatchObject({ exitCode: 0 });
    const { id: waiting } = await given.opened(owner);
    expect(await run('consents', 'revoke', waiting)).toMatchObject({
      exitCode: 0,
      stdout: `Withdrew the link of ${waiting}.\n`,
    });
    const exchanging = await given.authorized(owner);
    expect(await run('consents', 'revoke', exchanging)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'Only a consent that is live, or waits for its person, can be ended. It is authorized.\n',
    });
  });

  it('erases a person, refuses while a consent has not ended, and ends it on request', async () => {
    const id = await given.live(owner, { psuRef: 'erika' });
    const refused = await run('consents', 'erase', '--psu-ref', 'erika');
    expect(refused).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining(`${id} belfius active`),
    });
    expect(await given.consents.find(id)).toMatchObject({ psuRef: 'erika', state: 'active' });
    const erased = await run('consents', 'erase', '--psu-ref', 'erika', '--revoke');
    expect(erased).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Erased 1 consent:'),
      stderr: '',
    });
    expect(erased.stdout).toContain('HUB_SPOOL_RETENTION_MINUTES');
    expect(await given.consents.find(id)).toMatchObject({ state: 'revoked', erasedAt: expect.any(Date) });
    expect(await run('timeline', 'verify')).toMatchObject({ exitCode: 0 });
    expect(await run('consents', 'erase', '--psu-ref', 'erika')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'No consent bears that name.\n',
    });
  });
});

describe('consent-hub timeline verify', () => {
  ofOneHub();
  it('names the first broken entry, and ends with 1', async () => {
    const id = await given.live(owner);
    const whole = await given.live(owner);
    await dataSource.transaction(async (tx) => {
      await tx.query(`SET LOCAL session_replication_role = replica`);
      await tx.query(`DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq = 3`, [id]);
    });
    expect(await run('timeline', 'verify')).toEqual({
      exitCode: 1,
      stdout: `Verified 2 timelines with 5 entries: 1 broken.\n  ${id}: entry 3 is missing at the end: the timeline once reached it\n`,
      stderr: '',
    });
    expect(await data('timeline', 'verify', id)).toEqual({
      consents: 1,
      entries: 2,
      broken_count: 1,
      broken: [{ consent_id: id, seq: 3, fault: 'cut_off' }],
    });
    expect(await run('timeline', 'verify', whole)).toMatchObject({ exitCode: 0 });
    expect(await run('timeline', 'verify', newId())).toMatchObject({
      exitCode: 1,
      stderr: 'There is no such consent.\n',
    });
  });
});

describe('consent-hub journal', () => {
  ofOneHub();
  let directory: string;
  let tls: NodeJS.ProcessEnv;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'consent-hub-cli-'));
    const { caFile, clients } = await ensureDevelopmentCertificates(directory);
    tls = Object.fromEntries(
      BRANDS.flatMap((brand) => {
        const { certFile, keyFile } = clients[brand];
        const prefix = `BANK_${brand.toUpperCase()}_TLS_`;
        return [
          [`${prefix}CERT_FILE`, certFile],
          [`${prefix}KEY_FILE`, keyFile],
          [`${prefix}CA_FILE`, caFile],
        ];
      }),
    );
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('lists calls by consent and status, and never what they brought', async () => {
    const [kept, other] = [await given.live(owner), await given.live(owner)];
    const requestId = await hub.keepAnswer(kept, 'top-secret');
    await hub.keepAnswer(other, 'top-secret');
    const { stdout } = await run('journal', 'list', '--consent', kept, '--status', 'received');
    expect(stdout).toContain(requestId);
    expect(stdout).toContain('received (kept)');
    expect(stdout.split('\n')).toHaveLength(3);
    const text = JSON.stringify(await data('journal', 'list'));
    expect(text).toContain(other);
    expect(text).not.toMatch(/top-secret|raw_answer/);
    expect((await run('journal', 'list', '--status', 'sent')).stdout).toBe('There is no such request.\n');
    expect(await data('journal', 'list', '--limit', '1')).toMatchObject([{ consent_id: other }]);
  });

  it('reads kept answers again, and stores what has become readable', async () => {
    const [readable, garbled] = [await given.live(owner), await given.live(owner)];
    const pageless = await given.live(owner);
    const pair = {
      access_token: 'new-access',
      refresh_token: 'new-refresh',
      token_type: 'Bearer',
      expires_in: 3600,
    };
    const good = await hub.keepAnswer(readable, JSON.stringify(pair));
    const bad = await hub.keepAnswer(garbled, '{"accessToken":"odd-access"}');
    const page = await hub.keepAnswer(pageless, '<html>');
    expect(await run('journal', 'reparse', good)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('stored'),
    });
    expect(await given.consents.find(readable)).toMatchObject({
      state: 'refreshed',
      tokenPair: { generation: 2 },
    });
    const rest = await run('journal', 'reparse', '--json');
    expect(rest.exitCode).toBe(1);
    const results = JSON.parse(rest.stdout) as { consent_id: string }[];
    expect(results.filter(({ consent_id }) => [garbled, pageless, readable].includes(consent_id))).toEqual([
      { request_id: bad, consent_id: garbled, result: 'unreadable' },
      { request_id: page, consent_id: pageless, result: 'in_doubt' },
    ]);
    expect(await given.consents.find(garbled)).toMatchObject({
      state: 'active',
      tokenPair: { generation: 1 },
    });
    expect(rest.stdout + rest.stderr).not.toMatch(/new-access|odd-access|html/);
  });

  it('gives up an answer that cannot be read, so that the next request asks the bank again', async () => {
    const id = await given.live(owner);
    const requestId = await hub.keepAnswer(id, '{"accessToken":"odd-access"}');
    expect((await run('consents', 'list', '--needs-attention')).stdout).toContain('answer_unreadable');

    expect(await run('journal', 'resolve', requestId)).toEqual({
      exitCode: 0,
      stdout: `The next request for ${id} asks the bank again.\n`,
      stderr: '',
    });

    const { stdout } = await run('journal', 'list', '--consent', id);
    expect(stdout).toContain('in_doubt (kept)');
    expect((await given.consents.events(id)).at(-1)).toMatchObject({
      type: 'grant_in_doubt',
      actor: `client:${hub.adminId}`,
      data: { request_id: requestId, given_up: true },
    });
    expect(await run('journal', 'reparse', newRequestId())).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'No answer to such a token request is kept.\n',
    });
    for (const unknown of [requestId, newRequestId()])
      expect(await run('journal', 'resolve', unknown)).toMatchObject({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringContaining('No answer to such a request is waited for.'),
      });
    expect(await run('journal', 'resolve', 'seven')).toMatchObject({ exitCode: 2 });
  });

  /** On the database, with the environment of the hub. */
  const reconcile = (...args: string[]) =>
    runHere({ ...hubEnvironment(hub.database.url), ...tls }, 'journal', 'reconcile', ...args);

  it('shows what a spool holds and the database does not, and settles it when asked to', async () => {
    const id = await given.live(owner);
    const spoolDir = await mkdtemp(join(tmpdir(), 'consent-hub-cli-spool-'));
    const [request, requestId] = [newId(), newRequestId()];
    const pair = { access_token: 'late-access', refresh_token: 'late-refresh', expires_in: 3600 };
    // The third pair, where the restored database knows the first.
    const entry = {
      id: request,
      consentId: id,
      brand: 'belfius',
      grantType: 'refresh_token',
      requestId,
      owner: 'gone.1.a',
    };
    const answers = JSON.stringify([[request, id, 2, JSON.stringify(pair)]]);
    const binding = { consentId: '', purpose: 'spooled_answers', generation: 0 } as const;
    const line = {
      requests: [{ ...entry, expectedGeneration: 2, sentAt: Date.now(), leaseEndsAt: Date.now() }],
      sealed: hub.hub.app.get(TokenVault).seal(new Secret(answers), binding).toString('base64'),
    };
    await writeFile(join(spoolDir, 'gone.1.a.1.answers'), `${JSON.stringify(line)}\n`);
    const difference = { request_id: requestId, consent_id: id, stored_generation: 1, spooled_generation: 3 };

    const shown = await reconcile(spoolDir, '--json');
    expect(JSON.parse(shown.stdout)).toEqual([{ ...difference, result: 'unsettled' }]);
    expect((await given.consents.find(id))?.tokenPair?.generation).toBe(1);
    const settled = await reconcile(spoolDir, '--apply', '--json');
    expect(JSON.parse(settled.stdout)).toEqual([{ ...difference, result: 'committed' }]);
    expect(await given.consents.find(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 3 } });
    expect((await reconcile(spoolDir)).stdout).toBe('The database has all that the spool holds.\n');
    expect(shown.stdout + settled.stdout).not.toMatch(/late-access/);
    await rm(spoolDir, { recursive: true });
  });

  it('needs the whole environment of the hub to read answers', async () => {
    const outcome = await runHere({ ...hub.env, DATABASE_URL: hub.database.url }, 'journal', 'reconcile');
    expect(outcome).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('HUB_VAULT_KEYS'),
    });
  });
});
