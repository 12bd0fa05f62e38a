import { isGone } from './instance.actions.js';
import { checkSend } from './invariants.js';
import {
  generationOf,
  hubStep,
  isDeadHere,
  isOnRun,
  noteReached,
  settleAnswer,
  type Step,
  type Turn,
} from './step.js';
import { freeId } from './state-key.js';
import { TICKS, type Call, type Hub, type Request, type State } from './state.js';

/** What a hub does for a request: reserve or take, send, and store the result. */
export function* requestSteps(turn: Turn, lastGeneration: number): Generator<Step> {
  const { state, hub } = turn;
  if (hub.owner === 0) return;
  if (hub.isOpen && isOnRun(state, hub)) {
    yield* reservations(turn, lastGeneration);
    for (const request of state.server.database.requests)
      if (mayTake(turn, request)) yield take(turn, request);
  }
  for (const call of hub.calls) yield* callSteps(turn, call);
}

function* reservations(turn: Turn, lastGeneration: number): Generator<Step> {
  const { database } = turn.state.server;
  for (const consent of database.generations.keys()) {
    if (database.isLost[consent] || generationOf(database, consent) >= lastGeneration) continue;
    const isOpen = database.requests.some((request) => request.consent === consent);
    if (isOpen && !turn.weak.has('no_single_flight')) continue;
    const what = `reserves a request for ${pairOf(database.generations, consent)}`;
    yield hubStep(turn, ['reserve', what], (next, hub) => addRequest(next, hub, { consent, probeOf: 0 }));
  }
}

function take(turn: Turn, { id, consent, owner, status }: Request): Step {
  const what = `takes request ${id} (${status}, of process ${owner}) and reserves its probe`;
  return hubStep(turn, ['take', what], (next, hub) => {
    const { database } = next.server;
    database.requests = database.requests.filter((request) => request.id !== id);
    addRequest(next, hub, { consent, probeOf: id });
  });
}

function addRequest(next: State, hub: Hub, { consent, probeOf }: Pick<Call, 'consent' | 'probeOf'>): void {
  const { database, run } = next.server;
  const generation = generationOf(database, consent);
  const id = freeId(next);
  const lease = TICKS.lease;
  database.requests.push({ id, consent, generation, owner: hub.owner, status: 'sent', lease });
  hub.calls.push({ id, consent, generation, probeOf, run, age: 0, phase: 'reserved' });
}

function mayTake({ state, weak, hub }: Turn, request: Request): boolean {
  const { owner, status, lease } = request;
  const isNoticed = hub.clock === state.server.clock || weak.has('clock_compared_at_heartbeats_only');
  const isLeaseOver = lease === 0 && hub.distrust === 0 && isNoticed;
  if (weak.has('lease_alone_takes') && isLeaseOver) return owner !== hub.owner || status === 'in_doubt';
  if (status === 'in_doubt') return isLeaseOver || weak.has('doubt_before_lease');
  if (!isGone({ state, weak, hub }, owner)) return false;
  return isLeaseOver || (weak.has('dead_owner_before_lease') && isDeadHere(state, hub, owner));
}

function* callSteps(turn: Turn, call: Call): Generator<Step> {
  const { state, weak, hub } = turn;
  const { id, consent, generation, phase, age } = call;
  const { isUp } = state.server;
  const isOfThisRun = call.run === hub.run;
  switch (phase) {
    case 'reserved':
      if (age === 0 && (isOfThisRun || weak.has('old_reservations_sent')))
        yield hubStep(turn, ['send', `sends request ${id}, generation ${generation}`], send(call));
      if (isUp && (age > 0 || !isOfThisRun)) {
        yield hubStep(turn, ['give back', `gives request ${id} back`], (next, giving) => {
          drop(giving, id);
          close(next, id);
        });
      }
      return;
    case 'sent':
      if (state.faults.cut > 0 && state.bank.calls.some((each) => each.id === id)) {
        yield hubStep(
          turn,
          ['cut', `gets no answer to request ${id}, which the bank still has`],
          (next, cut) => {
            next.faults.cut--;
            enterPhase(cut, id, 'ended');
          },
        );
      }
      return;
    case 'ended':
      if (isUp) yield hubStep(turn, ['doubt', `writes that request ${id} is in doubt`], doubt(turn, call));
      return;
    case 'answered':
      yield weak.has('settled_unspooled')
        ? settle(turn, call)
        : hubStep(turn, ['spool', `spools the answer to request ${id}`], (next, spooling) => {
            next.spools[spooling.machine]?.push({ id, consent, generation: generation + 1 });
            noteReached(next, consent, generation + 1);
            enterPhase(spooling, id, 'spooled');
          });
      return;
    case 'spooled':
      if (isUp) yield settle(turn, call);
      return;
    case 'refused':
      if (isUp) yield hubStep(turn, ['refuse', `writes that request ${id} was refused`], refuse(call));
      return;
    case 'doubted':
      return;
  }
}

const send =
  ({ id, consent, generation }: Call) =>
  (next: State, hub: Hub): void => {
    next.violation ??= checkSend(next, consent, generation);
    next.bank.calls.push({ id, consent, generation, age: 0 });
    enterPhase(hub, id, 'sent');
  };

const doubt =
  ({ weak }: Turn, { id }: Call) =>
  (next: State, hub: Hub): void => {
    if (weak.has('gateway_error_is_no_call')) {
      drop(hub, id);
      close(next, id);
      return;
    }
    for (const request of next.server.database.requests) if (request.id === id) request.status = 'in_doubt';
    if (weak.has('doubts_not_entered')) drop(hub, id);
    else enterPhase(hub, id, 'doubted');
  };

function settle(turn: Turn, { id, consent, generation }: Call): Step {
  return hubStep(turn, ['settle', `settles request ${id}: generation ${generation + 1}`], (next, hub) => {
    drop(hub, id);
    settleAnswer(next, { id, consent, generation: generation + 1 }, turn.weak);
  });
}

const refuse =
  ({ id, consent, generation }: Call) =>
  (next: State, hub: Hub): void => {
    const { database } = next.server;
    drop(hub, id);
    close(next, id);
    if (generation === generationOf(database, consent)) database.isLost[consent] = true;
  };

const drop = (hub: Hub, id: number): void => {
  hub.calls = hub.calls.filter((call) => call.id !== id);
};

const close = ({ server: { database } }: State, id: number): void => {
  database.requests = database.requests.filter((request) => request.id !== id);
};

export function enterPhase(hub: Hub, id: number, phase: Call['phase']): void {
  for (const call of hub.calls) if (call.id === id) call.phase = phase;
}

const pairOf = (generations: readonly number[], consent: number): string =>
  `generation ${generations[consent]} of consent ${consent + 1}`;
