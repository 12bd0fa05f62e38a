import { runHere } from '../../apps/consent-hub/testing/cli.harness.js';
import { BankControl } from '../support/bank-control.js';
import { HubUser } from '../support/hub-user.js';
import { newPsuRef, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

jest.setTimeout(60_000);

interface Found {
  readonly id: string;
  readonly state_reason: string;
  readonly ended_at: string;
  readonly attention: readonly string[];
}

let stack: StackUnderTest;
let platform: HubUser;
let service: HubUser;
let admin: HubUser;
let control: BankControl;

beforeAll(async () => {
  stack = await startStackUnderTest();
  platform = new HubUser(stack, stack.keys.platform);
  service = new HubUser(stack, stack.keys.service);
  admin = new HubUser(stack, stack.keys.admin);
  control = new BankControl(stack.bank.controlUrl);
}, 60_000);
afterAll(() => stack.close());

const items = async <T>(path: string) => (await admin.call<{ items: T[] }>('GET', path)).body.items;
const cli = (...args: string[]) =>
  runHere({ CONSENT_HUB_URL: stack.hub.url, CONSENT_HUB_API_KEY: stack.keys.admin.reveal() }, ...args);

describe('an admin', () => {
  let failed: string;

  beforeAll(async () => {
    await platform.liveConsent({ psu_ref: newPsuRef() });
    failed = (await platform.liveConsent({ psu_ref: newPsuRef() })).id;
    await service.call('GET', `/v1/consents/${failed}/access-token`);
    // The bank rotates and says that it could not; the second call finds that the pair is spent.
    await control.fault({ name: 'rotate_then_500', times: 1 });
    for (const status of [503, 409])
      expect(await platform.call('POST', `/v1/consents/${failed}/refresh`)).toMatchObject({ status });
  }, 60_000);

  it('finds the one consent that failed last night, among those that need attention', async () => {
    const found = await items<Found>('/v1/consents?state=failed&needs_attention=true');
    expect(found).toMatchObject([{ id: failed, state_reason: 'rotation_lost', attention: ['failed'] }]);
    expect(Date.now() - Date.parse(found[0]?.ended_at ?? '')).toBeLessThan(60_000);
    expect(await items('/v1/consents?needs_attention=true')).toHaveLength(1);
  });

  it('reads why in its timeline: what was asked, what the bank answered, what the hub concluded', async () => {
    const events = await items<{ type: string; data: Record<string, unknown> }>(
      `/v1/consents/${failed}/events`,
    );
    expect(events.slice(-2)).toMatchObject([
      { type: 'grant_in_doubt', data: { grant_type: 'refresh_token', http_status: 500 } },
      {
        type: 'state_changed',
        from: 'active',
        to: 'failed',
        reason: 'rotation_lost',
        data: { bank_error_code: 'GEN-1203-100004', http_status: 401 },
      },
    ]);
    const journal = await cli('journal', 'list', '--consent', failed);
    for (const { data } of events.slice(-2)) expect(journal.stdout).toContain(data['request_id']);
    expect(journal.stdout).toMatch(/ probed .*\n.* committed /);
  });

  it('learns who read its tokens, and that it was the only one', async () => {
    const uses = () => items<{ api_client: string; count: number }>(`/v1/consents/${failed}/token-uses`);
    await control.until(async () => (await uses()).length > 0);
    expect(await uses()).toMatchObject([{ api_client: 'service', count: 1 }]);
    // Refreshes are added up every few seconds, like the reads.
    const stats = () => admin.call('GET', '/v1/stats');
    await control.until(async () => JSON.stringify((await stats()).body).includes('rotation_lost'));
    expect((await stats()).body).toMatchObject({
      consents: { live: 1, by_state: { failed: 1 } },
      refreshes: { by_outcome: { in_doubt: 1, rotation_lost: 1 } },
      in_doubt: 0,
    });
  });

  it('sees the same at the command line, and that the timeline was not changed', async () => {
    const listed = await cli('consents', 'list', '--state', 'failed', '--needs-attention');
    expect(listed.stdout).toMatch(new RegExp(`\\n${failed} .* failed \\(rotation_lost\\) .* failed\\n$`));
    expect((await cli('consents', 'show', failed)).stdout).toMatch(/active > failed +rotation_lost/);
    expect(await cli('timeline', 'verify', failed)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('all are whole'),
    });
  });

  it('alone sees all of it: the platform team sees neither hand-outs nor figures', async () => {
    for (const path of [`/v1/consents/${failed}/token-uses`, '/v1/stats']) {
      expect(await platform.call('GET', path)).toMatchObject({
        status: 403,
        body: { code: 'permission_missing' },
      });
    }
  });
});
