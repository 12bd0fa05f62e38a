import { holdsAfter } from './invariants.js';
import { enterPhase } from './request.actions.js';
import type { Weakened } from './rules.js';
import { generationOf, hasUnsettled, stepOf, type Step } from './step.js';
import { copyDatabase, TICKS, type CallAtBank, type Hub, type Server, type State } from './state.js';

/** What happens to hubs: the bank, the server, and time. */
export function* environmentSteps(state: State, weak: Weakened): Generator<Step> {
  for (const call of state.bank.calls) yield* bankSteps(state, call);
  yield* serverSteps(state, weak);
  if (mayTick(state, weak)) yield stepOf(state, ['tick', '- a tick -'], (next) => tick(next, weak));
}

function* bankSteps(state: State, call: CallAtBank): Generator<Step> {
  const waiting = state.hubs.find(({ calls }) =>
    calls.some(({ id, phase }) => id === call.id && phase === 'sent'),
  );
  const granted = isGood(state, call);
  const answer = `the bank ${granted ? 'grants' : 'refuses'} request ${call.id}`;
  yield stepOf(state, ['bank', waiting ? answer : `${answer}, and no hub waits`], (next) => {
    const phase = bankActs(next, call) ? 'answered' : 'refused';
    for (const hub of next.hubs) if (isWaiting(hub, call.id)) enterPhase(hub, call.id, phase);
  });
  if (!waiting || state.faults.cut === 0) return;
  yield stepOf(state, ['cut', `${answer}, and the answer is lost`], (next) => {
    next.faults.cut--;
    bankActs(next, call);
    for (const hub of next.hubs) if (isWaiting(hub, call.id)) enterPhase(hub, call.id, 'ended');
  });
}

const isWaiting = ({ calls }: Hub, id: number): boolean =>
  calls.some((call) => call.id === id && call.phase === 'sent');

const isGood = ({ bank }: State, { consent, generation }: CallAtBank): boolean =>
  !bank.isKilled[consent] && generation === generationOf(bank, consent);

/** A spent token that is presented again costs the pair: the bank cannot know who has presented it. */
function bankActs(next: State, call: CallAtBank): boolean {
  const { bank } = next;
  const { consent } = call;
  bank.calls = bank.calls.filter(({ id }) => id !== call.id);
  if (isGood(next, call)) {
    bank.generations[consent] = call.generation + 1;
    return true;
  }
  if (!bank.isKilled[consent] && holdsAfter(next, consent, generationOf(bank, consent) - 1))
    next.violation ??= 'a token is presented again, and kills a pair that a hub holds';
  bank.isKilled[consent] = true;
  return false;
}

function* serverSteps(state: State, weak: Weakened): Generator<Step> {
  const { server, faults } = state;
  const losses = faults.failover + faults.rollback;
  if (server.isUp) {
    if (losses > 0 && !server.behind) {
      yield stepOf(state, ['backup', 'the standby has what is committed so far'], (next) => {
        next.server.behind = copyDatabase(next.server.database);
      });
    }
    if (losses + faults.restart + faults.outage > 0) {
      yield stepOf(state, ['down', 'the server is out of reach'], (next) => {
        next.server.isUp = false;
        // A hub whose connection breaks knows that it could not observe.
        for (const hub of next.hubs) hub.hasBeaten = false;
      });
    }
    if (faults.jump > 0) {
      yield stepOf(state, ['jump', 'the clock of the database jumps'], (next) => jump(next, weak));
    }
    return;
  }
  if (faults.outage > 0)
    yield serverComes(state, 'outage', 'the server is within reach again', () => undefined);
  if (faults.restart > 0) yield serverComes(state, 'restart', 'the server has restarted', newRun);
  if (server.behind && faults.failover > 0) {
    yield serverComes(state, 'failover', 'a standby takes over', (next) => {
      forget(next);
      next.timeline = next.run;
    });
  }
  if (server.behind && faults.rollback > 0)
    yield serverComes(state, 'rollback', 'the server has restarted on an earlier volume', forget);
}

function serverComes(
  state: State,
  fault: 'outage' | 'restart' | 'failover' | 'rollback',
  label: string,
  change: (server: Server) => void,
): Step {
  return stepOf(state, ['up', label], ({ server, faults }) => {
    faults[fault]--;
    server.isUp = true;
    change(server);
    if (faults.failover + faults.rollback === 0) server.behind = null;
  });
}

const newRun = (server: Server): void => {
  server.run++;
};

/** The same can be forgotten once more. */
function forget(server: Server): void {
  newRun(server);
  if (server.behind) server.database = copyDatabase(server.behind);
}

function jump(next: State, weak: Weakened): void {
  const { server, hubs, faults } = next;
  faults.jump--;
  server.clock++;
  for (const { requests } of [server.database, ...(server.behind ? [server.behind] : [])])
    for (const request of requests) request.lease = 0;
  if (weak.has('silence_by_database_clock'))
    for (const { seen } of hubs) for (const other of seen) other.silence = TICKS.silence;
}

/** Time does not pass until what must be done by then is done: that is assumed of the bank, and of a living hub. */
function mayTick(state: State, weak: Weakened): boolean {
  if (state.bank.calls.some(({ age }) => age >= TICKS.call)) return false;
  return (
    isFree(state) ||
    weak.has('silent_beyond_limit') ||
    state.hubs.every(
      (hub) =>
        (isSynced(state, hub) || hub.unsynced < TICKS.unsynced) &&
        (isWritten(hub) || hub.unwritten < TICKS.unsynced),
    )
  );
}

/** No hub can be expected to have reached the server. */
const isFree = ({ server }: State): boolean => !server.isUp;

/** The server has all that the hub has; an ended hub counts only while its machine has more than the server. */
function isSynced(state: State, hub: Hub): boolean {
  if (hub.owner === 0) {
    const isServed = state.hubs.some(({ machine, owner }) => machine === hub.machine && owner !== 0);
    return isServed || !hasUnsettled(state, hub.machine);
  }
  return hub.hasBeaten && hub.isConfirmed && hub.run === state.server.run;
}

const isWritten = ({ calls }: Hub): boolean =>
  calls.every(({ phase }) => phase === 'reserved' || phase === 'sent' || phase === 'doubted');

function tick(next: State, weak: Weakened): void {
  const { server, bank } = next;
  for (const hub of next.hubs) {
    if (isSynced(next, hub)) hub.unsynced = 0;
    else if (!isFree(next)) hub.unsynced++;
    if (isWritten(hub)) hub.unwritten = 0;
    else if (!isFree(next)) hub.unwritten++;
  }
  for (const hub of next.hubs) {
    const isMeasuring =
      hub.hasBeaten || weak.has('own_outage_counts') || weak.has('silence_by_database_clock');
    for (const seen of hub.seen) seen.silence = isMeasuring ? Math.min(seen.silence + 1, TICKS.silence) : 0;
    for (const call of hub.calls) call.age = Math.min(call.age + 1, TICKS.lease);
    hub.calls = hub.calls.filter(({ phase, age }) => phase !== 'doubted' || age < TICKS.lease);
    hub.hasBeaten = false;
    hub.wait = down(hub.wait);
    hub.caution = down(hub.caution);
    hub.distrust = down(hub.distrust);
  }
  for (const call of bank.calls) call.age++;
  for (const { requests } of [server.database, ...(server.behind ? [server.behind] : [])])
    for (const request of requests) request.lease = down(request.lease);
}

const down = (ticks: number): number => Math.max(0, ticks - 1);
