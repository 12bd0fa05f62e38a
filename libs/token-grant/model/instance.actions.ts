import {
  hasUnsettled,
  hubStep,
  isAliveHere,
  isDeadHere,
  isOnRun,
  rowOf,
  settleAnswer,
  type Step,
  type Turn,
} from './step.js';
import {
  NEW_HUB,
  TICKS,
  type Database,
  type Hub,
  type Instance,
  type Request,
  type Seen,
  type State,
} from './state.js';

/** What a hub does to be known, and before it spends on a server run that it has not met. */
export function* instanceSteps(turn: Turn): Generator<Step> {
  const { state, weak, slot, hub } = turn;
  const { server, faults } = state;
  if (hub.owner === 0) {
    yield hubStep(turn, ['start', 'starts'], (next, started) => {
      started.starts++;
      Object.assign(started, NEW_HUB, {
        owner: slot + 1 + (started.starts - 1) * next.hubs.length,
        clock: next.server.clock,
        distrust: weak.has('starter_trusts_leases') ? 0 : TICKS.lease,
        unsynced: started.unsynced,
      });
    });
    return;
  }
  if (faults.crash > 0) {
    yield hubStep(turn, ['crash', 'is killed'], (next, killed) => {
      next.faults.crash--;
      if (weak.has('spool_not_flushed')) next.spools[killed.machine]?.pop();
      end(killed);
    });
  }
  if (!server.isUp) return;
  if (hub.run !== server.run) yield hubStep(turn, ['meet', `meets server run ${server.run}`], meet(turn));
  if (hub.run === server.run && !hub.hasBeaten)
    yield hubStep(turn, ['beat', 'moves its heartbeat'], beat(turn));
  if (hub.run === server.run && !hub.isEntered)
    yield hubStep(turn, ['enter', 'enters its calls and the instances it knows'], enter(turn));
  if (hasUnsettled(state, hub.machine) || (hub.run === server.run && !hub.isSettled)) {
    yield hubStep(turn, ['sweep', 'settles its spool'], (next, sweeping) => {
      for (const answer of next.spools[sweeping.machine] ?? []) settleAnswer(next, answer, weak);
      if (isOnRun(next, sweeping)) sweeping.isSettled = true;
    });
  }
  if (isOnRun(state, hub) && hub.isEntered && !hub.isConfirmed) {
    if (hub.isSettled || weak.has('confirmed_unsettled'))
      yield hubStep(turn, ['confirm', `confirms server run ${server.run}`], confirm);
  }
  if (mayOpen(turn)) {
    yield hubStep(turn, ['open', 'may spend'], (next, opened) => {
      opened.isOpen = opened.isKnown = true;
      const row = rowOf(next.server.database, opened.owner);
      if (row) row.spendsOn = next.server.timeline;
    });
  }
  if (faults.shutdown > 0 && mayShutDown(turn)) {
    yield hubStep(turn, ['shutdown', 'shuts down'], (next, ended) => {
      const { database, timeline } = next.server;
      next.faults.shutdown--;
      const row = rowOf(database, ended.owner);
      if (row) row.endedOn = timeline;
      if (weak.has('ended_rows_deleted'))
        database.instances = database.instances.filter((each) => each !== row);
      end(ended);
    });
  }
  if (weak.has('dead_rows_deleted')) yield* deletions(turn);
}

function end(hub: Hub): void {
  hub.owner = 0;
  hub.seen = [];
  hub.calls = [];
  Object.assign(hub, NEW_HUB, { unsynced: hub.unsynced });
}

const meet =
  ({ weak, hub: { run: before } }: Turn) =>
  ({ server }: State, hub: Hub): void => {
    const others = server.database.instances.filter(({ owner }) => owner !== hub.owner);
    const isStart = before === 0;
    const isTimelineKnown = others.some((row) =>
      weak.has('confirmed_timeline_is_enough')
        ? row.confirmedOn === server.timeline
        : row.spendsOn === server.timeline,
    );
    if (isStart && !isTimelineKnown) hub.wait = Math.max(TICKS.silence, TICKS.lease);
    if (!isStart && weak.has('restart_ends_wait')) hub.wait = 0;
    hub.caution = TICKS.lease;
    hub.run = server.run;
    hub.timeline = server.timeline;
    hub.isEntered = hub.isSettled = hub.isConfirmed = false;
    if (!weak.has('no_pause')) hub.isOpen = false;
    for (const seen of hub.seen) {
      seen.silence = 0;
      if (!hub.isKnown) seen.hasMoved = false;
    }
  };

/** Writes the own row, and reads those of the others. */
const beat =
  ({ weak }: Turn) =>
  ({ server: { database, clock } }: State, hub: Hub): void => {
    const own = rowOf(database, hub.owner);
    if (own) own.heartbeat++;
    else database.instances.push(newInstance(hub.owner, 0));
    if (hub.clock !== clock) hub.distrust = TICKS.lease;
    hub.clock = clock;
    hub.hasBeaten = true;
    const rows = rowsOf(database).filter(({ owner }) => owner !== hub.owner);
    // A server that has not received their rows yet does not say which hubs exist.
    const isToldAll = hub.isEntered || weak.has('forgotten_before_entry');
    const unseen = hub.seen.filter(({ owner }) => !isToldAll && !rows.some((row) => row.owner === owner));
    const looked = rows.map(({ owner, heartbeat }): Seen => {
      const seen = hub.seen.find((other) => other.owner === owner);
      if (!seen) return { owner, heartbeat, silence: 0, hasMoved: false };
      return seen.heartbeat === heartbeat ? seen : { owner, heartbeat, silence: 0, hasMoved: true };
    });
    hub.seen = [...looked, ...unseen];
  };

/** One row for every owner; an owner without a row has a heartbeat that never moves. */
function rowsOf({ instances, requests }: Database): Pick<Instance, 'owner' | 'heartbeat'>[] {
  const owners = new Set(requests.map(({ owner }) => owner));
  const unknown = [...owners].filter((owner) => !instances.some((row) => row.owner === owner));
  return [...instances, ...unknown.map((owner) => ({ owner, heartbeat: -1 }))];
}

const enter =
  ({ weak }: Turn) =>
  ({ server: { database } }: State, hub: Hub): void => {
    if (!rowOf(database, hub.owner)) database.instances.push(newInstance(hub.owner, 0));
    if (!weak.has('instances_not_entered')) {
      for (const { owner, heartbeat } of hub.seen)
        if (heartbeat >= 0 && !rowOf(database, owner)) database.instances.push(newInstance(owner, heartbeat));
    }
    const isDropped = ({ phase }: Hub['calls'][number]) =>
      phase === 'reserved' && !weak.has('old_reservations_sent');
    const dropped = new Set(hub.calls.filter(isDropped).map(({ id }) => id));
    database.requests = database.requests.filter(({ id }) => !dropped.has(id));
    hub.calls = hub.calls.filter(({ id }) => !dropped.has(id));
    if (!weak.has('calls_not_entered')) hub.calls.forEach((call) => enterCall(database, hub, call, weak));
    if (!weak.has('ends_not_entered')) {
      // The server remembers the request, but not how its call ended.
      const isOver = ({ id, owner }: Request) =>
        owner === hub.owner && !hub.calls.some((call) => call.id === id && call.phase !== 'doubted');
      for (const request of database.requests) if (isOver(request)) request.status = 'in_doubt';
    }
    hub.isEntered = true;
  };

function enterCall(database: Database, hub: Hub, call: Hub['calls'][number], weak: Turn['weak']): void {
  const { id, consent, generation, probeOf, age, phase } = call;
  if (phase === 'reserved' || database.requests.some((request) => request.id === id)) return;
  const inTheWay = database.requests.filter((request) => request.consent === consent);
  const isOlder = (request: (typeof inTheWay)[number]) =>
    request.generation < generation || request.id === probeOf;
  if (inTheWay.length > 0 && (weak.has('entry_yields') || !inTheWay.every(isOlder))) return;
  database.requests = database.requests.filter((request) => !inTheWay.includes(request));
  database.requests.push({
    id,
    consent,
    generation,
    owner: hub.owner,
    status: phase === 'doubted' ? 'in_doubt' : 'sent',
    lease: Math.max(0, TICKS.lease - age),
  });
}

function confirm({ server: { database, run, timeline } }: State, hub: Hub): void {
  const row = rowOf(database, hub.owner);
  if (row) Object.assign(row, { confirmed: run, confirmedOn: timeline });
  hub.isConfirmed = true;
}

function mayOpen({ state, weak, hub }: Turn): boolean {
  if (hub.isOpen || !hub.isConfirmed || !isOnRun(state, hub) || hub.wait > 0) return false;
  if (weak.has('peers_not_awaited')) return true;
  const { instances } = state.server.database;
  return instances.every((row) => row.owner === hub.owner || isPeerDone({ state, weak, hub }, row));
}

function isPeerDone({ state, weak, hub }: Pick<Turn, 'state' | 'weak' | 'hub'>, row: Instance): boolean {
  if (row.endedOn === state.server.timeline) return true;
  const isPassedOver = isGone({ state, weak, hub }, row.owner);
  const knowsHub =
    hub.isKnown ||
    isPassedOver ||
    weak.has('newcomer_spends_at_once') ||
    hub.seen.some(({ owner, hasMoved }) => owner === row.owner && hasMoved);
  const isRunDone =
    row.confirmed === state.server.run ||
    (isPassedOver && (hub.caution === 0 || weak.has('dead_peer_passed_at_once')));
  return knowsHub && isRunDone;
}

/** Ended, and its spool read; or silent for the longest silence. */
export function isGone({ state, weak, hub }: Pick<Turn, 'state' | 'weak' | 'hub'>, owner: number): boolean {
  if (isDeadHere(state, hub, owner))
    return weak.has('spool_of_dead_unread') || !hasUnsettled(state, hub.machine);
  const seen = hub.seen.find((other) => other.owner === owner);
  if (!seen || seen.silence < TICKS.silence || isAliveHere(state, hub, owner)) return false;
  const heartbeat = rowOf(state.server.database, owner)?.heartbeat ?? -1;
  return heartbeat === seen.heartbeat || weak.has('heartbeat_not_compared');
}

function mayShutDown({ state, weak, hub }: Turn): boolean {
  if (hub.run === 0 || hub.calls.some(({ phase }) => phase !== 'doubted')) return false;
  if (weak.has('shutdown_on_unmet_run')) return true;
  return isOnRun(state, hub) && hub.isConfirmed && !hasUnsettled(state, hub.machine);
}

function* deletions(turn: Turn): Generator<Step> {
  const { hub, state } = turn;
  if (!isOnRun(state, hub)) return;
  const { instances, requests } = state.server.database;
  for (const { owner } of instances) {
    if (owner === hub.owner || !isGone(turn, owner) || requests.some((request) => request.owner === owner))
      continue;
    yield hubStep(turn, ['delete', `deletes the row of process ${owner}`], ({ server: { database } }) => {
      database.instances = database.instances.filter((row) => row.owner !== owner);
    });
  }
}

const newInstance = (owner: number, heartbeat: number): Instance => ({
  owner,
  heartbeat,
  confirmed: 0,
  confirmedOn: 0,
  spendsOn: 0,
  endedOn: 0,
});
