import type { Fault } from '../support/chaos/bank.js';
import { figure, report, WITHIN_MS } from '../support/chaos/figures.js';
import { ChaosStack } from '../support/chaos/stack.js';
import { until } from '../stack/local-stack.js';

jest.setTimeout(WITHIN_MS);

/** Longer where many calls come at once: a probe that the bank answers in order must not run into it on a busy machine. */
const DEADLINE_MS = figure(1_500, 6_000);
const RECOVERY_MS = figure(40_000, 90_000);

/** The final state of a consent and its token requests. */
interface Outcome {
  readonly state: string;
  readonly reason: string | null;
  readonly generation: number | null;
  /** Its token requests, in order. */
  readonly requests: readonly string[];
  /** What the bank saw of tokens or codes that came again. */
  readonly replays: number;
}

type Row = Outcome & { readonly fault: Fault; readonly answers: readonly number[] };

const KEPT = { state: 'active', reason: null, generation: 1 } as const;
const NEXT = { state: 'refreshed', reason: null, generation: 2 } as const;
const LOST = { state: 'failed', reason: 'rotation_lost', generation: 1, replays: 1 } as const;

/** A refresh that meets the fault, and another one once its call can no longer be under way. */
const REFRESHES: readonly Row[] = [
  {
    fault: { name: 'drop_before_rotate' },
    answers: [503, 200],
    ...NEXT,
    requests: ['probed', 'committed'],
    replays: 0,
  },
  { fault: { name: 'rotate_then_drop' }, answers: [503, 409], ...LOST, requests: ['probed', 'refused'] },
  { fault: { name: 'rotate_then_500' }, answers: [503, 409], ...LOST, requests: ['probed', 'refused'] },
  { fault: { name: 'slow', delay_ms: 500 }, answers: [200], ...NEXT, requests: ['committed'], replays: 0 },
  {
    fault: { name: 'error_500' },
    answers: [503, 200],
    ...NEXT,
    requests: ['probed', 'committed'],
    replays: 0,
  },
  { fault: { name: 'error_503' }, answers: [200], ...NEXT, requests: ['not_sent', 'committed'], replays: 0 },
  {
    fault: { name: 'gateway_302' },
    answers: [503, 200],
    ...NEXT,
    requests: ['probed', 'committed'],
    replays: 0,
  },
  {
    fault: { name: 'gateway_403' },
    answers: [503, 200],
    ...NEXT,
    requests: ['probed', 'committed'],
    replays: 0,
  },
  {
    fault: { name: 'gateway_503_after_rotate' },
    answers: [503, 409],
    ...LOST,
    requests: ['probed', 'refused'],
  },
  {
    fault: { name: 'gateway_403_after_rotate' },
    answers: [503, 409],
    ...LOST,
    requests: ['probed', 'refused'],
  },
  {
    fault: { name: 'gateway_408_after_rotate' },
    answers: [503, 409],
    ...LOST,
    requests: ['probed', 'refused'],
  },
  { fault: { name: 'broken_json' }, answers: [502, 502], ...KEPT, requests: ['received'], replays: 0 },
  { fault: { name: 'missing_field' }, answers: [502, 502], ...KEPT, requests: ['received'], replays: 0 },
  { fault: { name: 'expires_in_string' }, answers: [200], ...NEXT, requests: ['committed'], replays: 0 },
];

const EXCHANGED = { state: 'active', reason: null, generation: 1 } as const;
const GONE = { state: 'failed', reason: 'exchange_lost', generation: null } as const;
const WAITING = { state: 'authorized', reason: null, generation: null } as const;

/**
 * The exchange of a code that meets the fault, and what the hub then does by itself. Last the two that it may ask about
 * again at once: its probe is not to meet the fault of another row.
 */
const EXCHANGES: readonly (Omit<Outcome, 'replays'> & { readonly fault: Fault })[] = [
  { fault: { name: 'drop_before_rotate' }, ...EXCHANGED, requests: ['probed', 'committed'] },
  { fault: { name: 'rotate_then_drop' }, ...GONE, requests: ['probed', 'refused'] },
  { fault: { name: 'gateway_403' }, ...EXCHANGED, requests: ['probed', 'committed'] },
  { fault: { name: 'gateway_503_after_rotate' }, ...GONE, requests: ['probed', 'refused'] },
  { fault: { name: 'slow', delay_ms: 500 }, ...EXCHANGED, requests: ['committed'] },
  { fault: { name: 'error_503' }, ...EXCHANGED, requests: ['not_sent', 'committed'] },
  // Half of an answer that ends with an SCA token holds the whole pair.
  { fault: { name: 'broken_json' }, ...EXCHANGED, requests: ['committed'] },
  { fault: { name: 'missing_field' }, ...WAITING, requests: ['received'] },
  { fault: { name: 'expires_in_string' }, ...EXCHANGED, requests: ['committed'] },
  { fault: { name: 'rotate_then_500' }, ...GONE, requests: ['probed', 'refused'] },
  { fault: { name: 'error_500' }, ...EXCHANGED, requests: ['probed', 'committed'] },
];

/**
 * One for each exchange: of one customer, the bank would let the pair of the last exchange alone live. Those that lose theirs
 * can share one.
 */
const PSUS = [
  'jan-peeters',
  'sophie-lambert',
  'marc-lambert',
  'sophie-lambert',
  'els-janssens',
  'an-vermeulen',
  'pieter-wouters',
  'koen-willems',
  'greet-de-backer',
  'sophie-lambert',
  'nadia-benali',
];

describe('a bank with faults', () => {
  let stack: ChaosStack;
  beforeAll(async () => {
    stack = await ChaosStack.start({
      replicas: 2,
      // Nothing but these tests asks for a refresh.
      hubEnv: { BANK_TOKEN_TIMEOUT_MS: String(DEADLINE_MS), REFRESH_SWEEP_SECONDS: '3600' },
    });
  });
  afterEach(() => stack.bank.heal());
  afterAll(() => stack.close());

  it.each(REFRESHES)(
    'leaves a refresh that meets $fault.name as documented',
    async ({ fault, answers, ...expected }) => {
      const [consent] = await stack.given(1);
      if (!consent) throw new Error('There is no consent');
      const before = await replays();
      await stack.bank.fault({ ...fault, times: 1 });
      const statuses: number[] = [];
      for (const number of answers.keys()) {
        await stack.leasesEnd([consent]);
        statuses.push((await stack.hub(number).call('POST', `/v1/consents/${consent.id}/refresh`)).status);
      }
      const outcome = { ...(await outcomeOf(consent.id)), replays: (await replays()) - before };
      report(`fault ${fault.name} on a refresh`, { answers: statuses.join(' '), ...shown(outcome) });
      expect(statuses).toEqual(answers);
      expect(outcome).toEqual(expected);
    },
  );

  describe('leaves an exchange', () => {
    const met = new Map<string, string>();
    let codeReplays = 0;
    beforeAll(async () => {
      const before = await stack.bank.ledger();
      for (const [n, { fault }] of EXCHANGES.entries()) {
        const { id, callback } = await stack.opened('belfius', 'approve', PSUS[n]);
        await stack.bank.fault({ ...fault, times: 1 });
        await fetch(callback, { redirect: 'manual' });
        met.set(fault.name, id);
      }
      await stack.leasesEnd([...met.values()].map((id) => ({ id })));
      await until('the exchanges have ended', haveEnded, RECOVERY_MS).catch(() => undefined);
      codeReplays = (await stack.bank.ledger()).code_replays - before.code_replays;
    });

    it.each(EXCHANGES)('that meets $fault.name as documented', async ({ fault, ...expected }) => {
      const outcome = await outcomeOf(met.get(fault.name) ?? '');
      report(`fault ${fault.name} on an exchange`, shown(outcome));
      expect(outcome).toEqual(expected);
    });

    it('having spent no code again but the three whose answer was lost, once', () => {
      expect(codeReplays).toBe(3);
    });

    async function haveEnded(): Promise<boolean> {
      const outcomes = await Promise.all([...met.values()].map((id) => outcomeOf(id)));
      return outcomes.every(
        ({ state, requests }) => state !== 'authorized' || requests.at(-1) === 'received',
      );
    }
  });

  it.each([
    ['no_state_on_error', 'refuse', { callback: 400, state: 'initiated' }],
    ['bare_return', 'approve', { callback: 200, state: 'rejected' }],
  ] as const)('leaves a return that meets %s as documented', async (name, decision, expected) => {
    await stack.bank.fault({ name, endpoint: '/callback', times: 1 });
    const { id, callback } = await stack.opened('belfius', decision);
    const { status } = await fetch(callback, { redirect: 'manual' });
    const { state } = await outcomeOf(id);
    report(`fault ${name} on a return`, { callback: status, state });
    expect({ callback: status, state }).toEqual(expected);
  });

  it('loses what the bank rotated and answered too late, with one probe each and nothing else', async () => {
    const consents = await stack.given(figure(6, 60));
    await stack.bank.fault({ name: 'slow', delay_ms: 3 * DEADLINE_MS, times: consents.length });
    const first = await refreshAll(consents);
    if (figure(true, false)) await stack.leasesEnd(consents);
    else await until('the leases have ended', leasesHaveEnded, RECOVERY_MS);
    const second = await refreshAll(consents);
    const judgement = await stack.judgement(consents);
    const count = consents.length;
    report('bank answers after the hard deadline', { consents: count, ...judgement });
    expect([first, second]).toEqual([new Set([503]), new Set([409])]);
    expect(judgement).toMatchObject({
      refreshes: count,
      replays: count,
      probes: count,
      lost: count,
      lostNotReceived: count,
      inDoubt: 0,
      violations: [],
    });
  });

  it('loses nothing that the bank did not rotate before the hard deadline', async () => {
    const consents = await stack.given(figure(6, 60));
    await stack.bank.fault({ name: 'drop_before_rotate', times: consents.length });
    const first = await refreshAll(consents);
    await stack.leasesEnd(consents);
    const second = await refreshAll(consents);
    const judgement = await stack.judgement(consents);
    report('bank drops the connection before it acts', { consents: consents.length, ...judgement });
    expect([first, second]).toEqual([new Set([503]), new Set([200])]);
    expect(judgement).toMatchObject({
      refreshes: consents.length,
      replays: 0,
      lost: 0,
      inDoubt: 0,
      violations: [],
    });
  });

  const replays = async () => {
    const { refresh_replays, code_replays } = await stack.bank.ledger();
    return refresh_replays + code_replays;
  };

  async function refreshAll(consents: readonly { readonly id: string }[]): Promise<Set<number>> {
    const answers = consents.map(({ id }, index) =>
      stack.hub(index % 2).call('POST', `/v1/consents/${id}/refresh`),
    );
    return new Set((await Promise.all(answers)).map(({ status }) => status));
  }

  async function leasesHaveEnded(): Promise<boolean> {
    const [row] = await stack.hubDatabase.query<{ open: number }>(
      `SELECT count(*)::int AS open FROM hub.token_request
        WHERE status IN ('sent', 'in_doubt') AND lease_ends_at > now()`,
    );
    return row?.open === 0;
  }

  async function outcomeOf(id: string): Promise<Omit<Outcome, 'replays'>> {
    const [row] = await stack.hubDatabase.query<Omit<Outcome, 'replays'>>(
      `SELECT c.state, c.state_reason AS reason, t.generation,
              (SELECT coalesce(array_agg(r.status ORDER BY r.sent_at), '{}') FROM hub.token_request r
                WHERE r.consent_id = c.id) AS requests
         FROM hub.consent c LEFT JOIN hub.token_pair t ON t.consent_id = c.id WHERE c.id = $1`,
      [id],
    );
    if (!row) throw new Error(`There is no consent ${id}`);
    return row;
  }
});

const shown = ({ requests, ...outcome }: Omit<Outcome, 'replays'>) => ({
  ...outcome,
  requests: requests.join(' '),
});
