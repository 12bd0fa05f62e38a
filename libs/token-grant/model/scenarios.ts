import type { Weakening } from './rules.js';
import type { Faults, Setting } from './state.js';

/** Where the search starts that must find what a weakening breaks, and finds nothing in the protocol itself. */
export interface Scenario {
  /** How the protocol is weakened. */
  readonly what: string;
  readonly setting: Setting;
}

const TICK = '- a tick';
const BACKUP = 'the standby has';
const FAILOVER = ['the server is out', 'a standby takes'];
const SENT = ['hub A reserves', 'hub A sends'];
const SETTLED = [...SENT, 'the bank grants', 'hub A spools', 'hub A settles request'];
const NEXT_SETTLED = ['hub B reserves', 'hub B sends', 'the bank grants', 'hub B spools', 'hub B settles'];
const DOUBTED = [...SENT, 'hub A gets no', 'hub A writes'];
const BEATS = ['hub A moves', 'hub B moves', TICK];
const comes = (hub: string) =>
  ['starts', 'meets', 'enters', 'settles', 'confirms'].map((what) => `${hub} ${what}`);
/** Hub A starts, and hub B has seen its row. */
const A_JOINS = [...comes('hub A'), 'hub A moves', 'hub B moves', TICK, 'hub A moves', 'hub A may'];
/** Hub A starts where no other hub runs. */
const A_COMES_ALONE = [
  ...comes('hub A'),
  ...['hub A moves', TICK, 'hub A moves', TICK, 'hub A moves', TICK],
  'hub A may',
];

interface Start extends Partial<Omit<Setting, 'faults'>> {
  /** What goes wrong in the opening or after it, once each. */
  readonly faults?: readonly (keyof Faults)[];
}

function from({ faults = [], ...start }: Start): Setting {
  const once = Object.fromEntries(faults.map((fault) => [fault, 1]));
  return { machines: [0, 1], consents: 1, lastGeneration: 2, ...start, faults: once };
}

/** All in one tick: everything that is open is searched. */
const inOneTick = (
  opening: readonly string[],
  faults: readonly (keyof Faults)[],
  start: Start = {},
): Setting => from({ opening, faults, without: ['tick', 'beat'], ...start });

export const SCENARIOS: Record<Weakening, Scenario> = {
  lease_alone_takes: {
    what: 'an expired lease is enough to take a request',
    setting: from({}),
  },
  silence_by_database_clock: {
    what: 'silence is dated by the clock of the database, which continues while no hub reaches it',
    setting: from({ faults: ['outage'] }),
  },
  own_outage_counts: {
    what: 'an observer continues to measure the silence of others while it cannot write itself',
    setting: from({ faults: ['outage'] }),
  },
  no_pause: {
    what: 'a hub that meets another server run continues to spend',
    setting: from({ faults: ['failover'] }),
  },
  peers_not_awaited: {
    what: 'a pause ends without the confirmation of the others',
    setting: inOneTick([BACKUP, ...SENT, ...FAILOVER], ['failover']),
  },
  confirmed_unsettled: {
    what: 'a hub confirms a server run before its spool is settled there',
    setting: inOneTick([BACKUP, ...SETTLED, ...FAILOVER], ['failover']),
  },
  calls_not_entered: {
    what: 'calls under way are not entered again on another server run',
    setting: inOneTick([BACKUP, ...SENT, ...FAILOVER], ['failover']),
  },
  instances_not_entered: {
    what: 'instances that the server has forgotten are not entered again',
    setting: inOneTick([BACKUP, ...A_JOINS, ...SENT, ...FAILOVER], ['failover'], { idle: [0] }),
  },
  old_reservations_sent: {
    what: 'what was reserved on the server run before is still sent',
    setting: inOneTick([BACKUP, 'hub A reserves', ...FAILOVER], ['failover']),
  },
  only_successors_stored: {
    what: 'an answer is stored only if it follows the pair in the database',
    setting: inOneTick([BACKUP, ...SETTLED, ...NEXT_SETTLED, ...FAILOVER], ['failover'], {
      lastGeneration: 4,
    }),
  },
  settled_unspooled: {
    what: 'an answer is settled before it is in the spool',
    setting: from({ faults: ['failover'] }),
  },
  spool_not_flushed: {
    what: 'an answer in the spool is not flushed',
    setting: from({ faults: ['crash'] }),
  },
  spool_of_dead_unread: {
    what: 'requests of an ended owner are taken without reading its spool',
    setting: from({ machines: [0, 0], faults: ['crash'], opening: SENT }),
  },
  heartbeat_not_compared: {
    what: 'the heartbeat is not compared again in the statement that takes a request',
    setting: from({ opening: SENT }),
  },
  gateway_error_is_no_call: {
    what: 'a 503 is read as: the bank did not act',
    setting: from({ faults: ['cut'] }),
  },
  doubt_before_lease: {
    what: 'a request in doubt is probed before its lease ends',
    setting: from({ faults: ['cut'] }),
  },
  no_single_flight: {
    what: 'nothing forbids two open requests for one consent',
    setting: from({}),
  },
  dead_owner_before_lease: {
    what: 'a request of an ended owner is taken before its lease ends',
    setting: from({ machines: [0, 0], faults: ['crash'] }),
  },
  doubts_not_entered: {
    what: 'doubts whose lease runs are not entered again on another server run',
    setting: inOneTick([BACKUP, ...DOUBTED, ...FAILOVER], ['cut', 'failover']),
  },
  ends_not_entered: {
    what: 'a request that the server believes to be sent is not set to in doubt by its owner, whose call has ended',
    setting: inOneTick(['hub A reserves', BACKUP, TICK, 'hub A gives', ...FAILOVER], ['failover']),
  },
  forgotten_before_entry: {
    what: 'a peer whose row a server has forgotten is forgotten, too, by a hub that has not entered it again',
    setting: from({
      opening: [BACKUP, ...A_JOINS, ...SENT, ...FAILOVER, 'hub B meets'],
      faults: ['failover'],
      idle: [0],
      without: ['tick'],
    }),
  },
  entry_yields: {
    what: 'a call that is entered again yields to the older request that the server remembers',
    setting: inOneTick(
      [
        ...DOUBTED,
        'the bank grants',
        BACKUP,
        ...BEATS,
        ...BEATS,
        ...BEATS,
        'hub B takes',
        'hub B sends',
        ...FAILOVER,
      ],
      ['cut', 'failover'],
    ),
  },
  dead_peer_passed_at_once: {
    what: 'an ended peer is not awaited, though a call of it may be lost by the server and under way',
    setting: inOneTick([BACKUP, ...SENT, 'hub A is killed', ...FAILOVER], ['crash', 'failover'], {
      machines: [0, 0],
    }),
  },
  newcomer_spends_at_once: {
    what: 'a hub that starts spends before every peer has seen its row',
    setting: inOneTick([BACKUP, ...comes('hub A')], ['failover'], { idle: [0] }),
  },
  confirmed_timeline_is_enough: {
    what: 'a hub that starts does not wait where a peer has confirmed the timeline, though that one still waits',
    setting: inOneTick(
      [
        ...[BACKUP, ...A_COMES_ALONE, ...SENT, ...FAILOVER],
        ...[
          ...comes('hub B'),
          ...comes('hub C').slice(0, 2),
          'hub C moves',
          'hub B moves',
          TICK,
          'hub C moves',
        ],
      ],
      ['failover'],
      { machines: [0, 1, 2], idle: [0, 1, 2] },
    ),
  },
  restart_ends_wait: {
    what: 'the wait for another timeline ends when the server restarts on it',
    setting: inOneTick(
      [
        ...[BACKUP, ...A_COMES_ALONE, ...SENT, ...FAILOVER],
        ...['hub B starts', 'hub B meets', 'the server is out', 'the server has restarted'],
      ],
      ['failover', 'restart'],
      { idle: [0, 1] },
    ),
  },
  ended_rows_deleted: {
    what: 'the row of an instance is deleted at its shutdown',
    setting: inOneTick(
      [BACKUP, ...A_JOINS, ...SETTLED, 'hub A shuts', TICK, 'hub B moves', ...FAILOVER],
      ['shutdown', 'failover'],
      { idle: [0] },
    ),
  },
  dead_rows_deleted: {
    what: 'the row of an instance is deleted once it is silent',
    setting: from({
      opening: [
        ...[BACKUP, ...A_JOINS, ...SETTLED, 'hub A is killed'],
        ...['hub B moves', TICK, 'hub B moves', TICK, 'hub B moves', TICK],
      ],
      faults: ['crash', 'failover'],
      idle: [0],
      without: ['tick'],
    }),
  },
  shutdown_on_unmet_run: {
    what: 'a hub shuts down without having met the server run that it reports its end to',
    setting: inOneTick([BACKUP, ...SETTLED, ...FAILOVER], ['shutdown', 'failover']),
  },
  clock_compared_at_heartbeats_only: {
    what: 'a jump of the database’s clock is noticed at the next heartbeat, not by the statement that takes',
    setting: from({ faults: ['cut', 'jump'] }),
  },
  starter_trusts_leases: {
    what: 'a hub that has just started believes the database that a lease has ended',
    setting: inOneTick(
      [
        ...[...DOUBTED, 'the clock', 'hub B starts', 'hub B meets'],
        ...['hub B moves', 'hub A moves', TICK, 'hub B moves'],
      ],
      ['cut', 'jump'],
      { idle: [1] },
    ),
  },
  silent_beyond_limit: {
    what: 'the limit of the protocol: a hub is silent for longer than the longest silence, and its spool is out of reach',
    setting: from({ opening: SENT }),
  },
};

/** In which the protocol itself is searched, as far as the number of states allows. */
export const SETTINGS: Record<string, Setting> = {
  'two machines, calls without an answer': from({ faults: ['cut'] }),
  'two machines, the server out of reach': from({ faults: ['outage'] }),
  'two machines, a killed hub': from({ faults: ['crash'] }),
  'one machine, a killed hub, calls without an answer': from({ machines: [0, 0], faults: ['crash', 'cut'] }),
  'two machines, a restart of the server': from({ faults: ['restart'] }),
  'two machines, a failover': from({ faults: ['failover'] }),
  'two machines, a shutdown and a failover': from({ faults: ['shutdown', 'failover'] }),
  'two machines, a volume set back': from({ faults: ['rollback'] }),
  'two machines, calls without an answer, a jump of the clock': from({ faults: ['cut', 'jump'] }),
  'a hub that starts, a failover': from({ faults: ['failover'], idle: [0] }),
};
