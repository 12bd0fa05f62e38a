/*
 * What the model knows of the world at one moment. Everything is small and plain, so that states can be compared: time is
 * counted in ticks, of which one is the distance of two heartbeats.
 */

/** Ticks and bounds of the model; what they stand for is in README.md. */
export const TICKS = {
  /** A living hub that can reach the server has settled everything after so many ticks without. */
  unsynced: 1,
  /** The longest silence: two more, because neither the heartbeat nor its observation comes at the tick. */
  silence: 3,
  /** The bank has ended with a call by then. */
  call: 2,
  /** A reservation is sent in the tick in which it is made, or given back. */
  lease: 3,
} as const;

export interface Request {
  readonly id: number;
  readonly consent: number;
  readonly generation: number;
  readonly owner: number;
  status: 'sent' | 'in_doubt';
  /** Ticks that are left, by the clock of the database. */
  lease: number;
}

export interface Instance {
  readonly owner: number;
  heartbeat: number;
  /** The server run that it has confirmed. */
  confirmed: number;
  /** The timeline of that run. */
  confirmedOn: number;
  /** The timeline on which it has last spent again. */
  spendsOn: number;
  /** The timeline on which it was shut down; 0 while it was not. */
  endedOn: number;
}

/** What is committed. */
export interface Database {
  readonly generations: number[];
  readonly isLost: boolean[];
  requests: Request[];
  instances: Instance[];
}

export interface Server {
  isUp: boolean;
  run: number;
  timeline: number;
  /** Grows when the clock of the database jumps. */
  clock: number;
  database: Database;
  /** What a server knows that takes over, or is restored. */
  behind: Database | null;
}

export interface Call {
  readonly id: number;
  readonly consent: number;
  readonly generation: number;
  /** The request in whose place it asks again; 0 for none. */
  readonly probeOf: number;
  /** The server run on which it was reserved. */
  readonly run: number;
  /** Ticks since it was reserved. */
  age: number;
  /** `ended`: no answer came. `doubted`: that is written down. */
  phase: 'reserved' | 'sent' | 'ended' | 'doubted' | 'answered' | 'spooled' | 'refused';
}

/** What a hub has seen of another instance. */
export interface Seen {
  readonly owner: number;
  heartbeat: number;
  /** Ticks, of this hub's own clock, in which the heartbeat did not move. */
  silence: number;
  /** It has moved since this hub's own row is there, so that its owner knows this hub. */
  hasMoved: boolean;
}

export interface Hub {
  readonly machine: number;
  /** Name of the process; 0 while none runs. */
  owner: number;
  starts: number;
  /** The server run that it has met; 0 before any. */
  run: number;
  timeline: number;
  isEntered: boolean;
  isSettled: boolean;
  isConfirmed: boolean;
  /** It may spend. */
  isOpen: boolean;
  /** Every peer knows it. */
  isKnown: boolean;
  /** Ticks until it may spend, also if the others have confirmed. */
  wait: number;
  /** Ticks until a peer that has not confirmed may be passed over: a call of it may be forgotten, and under way. */
  caution: number;
  /** Ticks in which it believes of no lease that it has ended. */
  distrust: number;
  clock: number;
  hasBeaten: boolean;
  /** Ticks since the server has seen it alive and confirmed, or since an ended one's machine has had answers that no process settles. */
  unsynced: number;
  /** Ticks in which it has had something to write. */
  unwritten: number;
  seen: Seen[];
  calls: Call[];
}

/** An answer on the disk of a machine: it grants a generation. */
export interface Answer {
  readonly id: number;
  readonly consent: number;
  readonly generation: number;
}

export interface CallAtBank {
  readonly id: number;
  readonly consent: number;
  readonly generation: number;
  age: number;
}

export interface Bank {
  readonly generations: number[];
  /** A spent token was presented again, and its pair revoked. */
  readonly isKilled: boolean[];
  calls: CallAtBank[];
}

/** How often what can go wrong still may. */
export interface Faults {
  crash: number;
  shutdown: number;
  /** No hub reaches the server for a while. */
  outage: number;
  /** The server restarts and has forgotten nothing. */
  restart: number;
  /** Another server takes over, or a backup is restored, on a timeline of its own. */
  failover: number;
  /** As `failover`, but the timeline does not show it: a volume was set back. */
  rollback: number;
  /** A call ends without an answer. */
  cut: number;
  jump: number;
}

export interface State {
  readonly server: Server;
  readonly hubs: Hub[];
  /** By machine. */
  readonly spools: Answer[][];
  readonly bank: Bank;
  /** The highest generation that was spooled or settled, by consent. */
  readonly reached: number[];
  readonly faults: Faults;
  /** What must not have happened has happened. */
  violation: string | null;
}

/** Where the model starts from, and what may go wrong. */
export interface Setting {
  /** The machine of each hub: hubs on one machine share a spool. */
  readonly machines: readonly number[];
  readonly consents: number;
  readonly faults: Partial<Faults>;
  /** Hubs that do not run at first, and never have. */
  readonly idle?: readonly number[];
  /** What happens first; the beginnings of labels. */
  readonly opening?: readonly string[];
  /** Kinds of steps that are left out, so that the search goes deeper in what remains. */
  readonly without?: readonly string[];
  /** No pair of a later generation is spent: it bounds the states. */
  readonly lastGeneration: number;
}

const NO_FAULTS: Faults = {
  crash: 0,
  shutdown: 0,
  outage: 0,
  restart: 0,
  failover: 0,
  rollback: 0,
  cut: 0,
  jump: 0,
};

/** All hubs run, know each other and may spend; each consent has its first pair. */
export function initialState({ machines, consents, faults, idle = [] }: Setting): State {
  const owners = machines.map((_, slot) => slot + 1).filter((owner) => !idle.includes(owner - 1));
  const first = Array.from({ length: consents }, () => 1);
  const instances = owners.map((owner) => ({
    owner,
    heartbeat: 0,
    confirmed: 1,
    confirmedOn: 1,
    spendsOn: 1,
    endedOn: 0,
  }));
  const database = { generations: [...first], isLost: first.map(() => false), requests: [], instances };
  return {
    server: { isUp: true, run: 1, timeline: 1, clock: 0, database, behind: null },
    hubs: machines.map((machine, slot) =>
      idle.includes(slot)
        ? { ...NEW_HUB, machine, owner: 0, starts: 0, seen: [], calls: [] }
        : {
            ...NEW_HUB,
            ...AT_WORK,
            machine,
            owner: slot + 1,
            starts: 1,
            seen: owners
              .filter((owner) => owner !== slot + 1)
              .map((owner) => ({ owner, heartbeat: 0, silence: 0, hasMoved: true })),
            calls: [],
          },
    ),
    spools: Array.from({ length: Math.max(...machines) + 1 }, () => []),
    bank: { generations: [...first], isKilled: first.map(() => false), calls: [] },
    reached: [...first],
    faults: { ...NO_FAULTS, ...faults },
    violation: null,
  };
}

const AT_WORK = {
  run: 1,
  timeline: 1,
  isEntered: true,
  isSettled: true,
  isConfirmed: true,
  isOpen: true,
  isKnown: true,
} as const;

/** What a process knows when it starts. */
export const NEW_HUB = {
  run: 0,
  timeline: 0,
  isEntered: false,
  isSettled: false,
  isConfirmed: false,
  isOpen: false,
  isKnown: false,
  wait: 0,
  caution: 0,
  distrust: 0,
  clock: 0,
  hasBeaten: false,
  unsynced: 0,
  unwritten: 0,
} as const;

const each = <T extends object>(rows: readonly T[]): T[] => rows.map((row) => ({ ...row }));

export const copyDatabase = ({ generations, isLost, requests, instances }: Database): Database => ({
  generations: [...generations],
  isLost: [...isLost],
  requests: each(requests),
  instances: each(instances),
});

export const copyState = ({ server, hubs, spools, bank, reached, faults, violation }: State): State => ({
  server: {
    ...server,
    database: copyDatabase(server.database),
    behind: server.behind && copyDatabase(server.behind),
  },
  hubs: hubs.map((hub) => ({ ...hub, seen: each(hub.seen), calls: each(hub.calls) })),
  spools: spools.map((answers) => [...answers]),
  bank: { generations: [...bank.generations], isKilled: [...bank.isKilled], calls: each(bank.calls) },
  reached: [...reached],
  faults: { ...faults },
  violation,
});
