import { randomBytes } from 'node:crypto';
import { DEFAULT_SCHEDULE, type RefreshSchedule } from '@consent-hub/consent';
import { LONGEST_SILENCE_MS } from '@consent-hub/platform';

/** Time between the end of the longest possible call and the end of its lease. */
const LEASE_MARGIN_SECONDS = 30;
/** A reservation not sent by then is given back: what is left of the margin is for the commit. */
const SEND_WITHIN_MS = (LEASE_MARGIN_SECONDS * 1000) / 2;

/** How often spool and database are compared. */
export const SPOOL_SWEEP_MS = 5_000;
/** How often it is checked whether the spool can be written. */
export const SPOOL_CHECK_MS = 5_000;
/** How long the journal keeps requests that have ended, by default. */
const JOURNAL_RETENTION_DAYS = 400;
/** How often a process moves its heartbeat. */
export const HEARTBEAT_MS = 2_000;
/** Sweeps that a process which has reached the database again may take to settle its spool. */
const SWEEPS_OF_SPOOL = 2;

/** How this process takes part in the journal. */
export class TokenGrantSettings {
  /**
   * Name of this process in the journal and the spool: the instance, and a part that distinguishes this run of it from the one
   * before. Calls of a process that is known to have ended have ended too.
   */
  readonly owner: string;
  /** How long a reserved request belongs to its owner alone: the deadline of POST /token plus a margin for the commit. */
  readonly leaseSeconds: number;
  readonly sendWithinMs = SEND_WITHIN_MS;
  /** Directory of the spool; may be shared by replicas. */
  readonly spoolDir: string;
  /** How long a file of the spool is kept after its last answer. */
  readonly spoolRetentionMinutes: number;
  /** How long the journal keeps requests that have ended; longer than any spool keeps their answers. */
  readonly journalRetentionDays: number;
  /**
   * How long a process may be silent in the database and yet live: until it has noticed that its server is gone, is connected to
   * the next one, and has settled what its spool holds.
   */
  readonly longestSilenceMs: number;
  /** Name of this hub among the others; another than `HUB_INSTANCE` where that is taken. */
  instance: string;
  /** Least time between two forced refreshes of one consent; 0: any number. */
  readonly forcedIntervalSeconds: number;
  /** When a pair is to be refreshed by itself. */
  readonly schedule: RefreshSchedule;

  constructor(settings: {
    owner: string;
    tokenTimeoutMs: number;
    spoolDir: string;
    spoolRetentionMinutes: number;
    journalRetentionDays?: number;
    longestSilenceMs?: number;
    forcedIntervalSeconds?: number;
    refreshAheadSeconds?: number;
    refreshIdleHours?: number;
    refreshKeepaliveHours?: number;
  }) {
    this.owner = `${settings.owner}.${process.pid}.${randomBytes(4).toString('hex')}`;
    this.leaseSeconds = Math.ceil(settings.tokenTimeoutMs / 1000) + LEASE_MARGIN_SECONDS;
    this.spoolDir = settings.spoolDir;
    this.spoolRetentionMinutes = settings.spoolRetentionMinutes;
    this.journalRetentionDays = settings.journalRetentionDays ?? JOURNAL_RETENTION_DAYS;
    this.instance = settings.owner;
    this.longestSilenceMs =
      settings.longestSilenceMs ?? LONGEST_SILENCE_MS + HEARTBEAT_MS + SWEEPS_OF_SPOOL * SPOOL_SWEEP_MS;
    this.forcedIntervalSeconds = settings.forcedIntervalSeconds ?? 0;
    this.schedule = {
      aheadSeconds: settings.refreshAheadSeconds ?? DEFAULT_SCHEDULE.aheadSeconds,
      idleHours: settings.refreshIdleHours ?? DEFAULT_SCHEDULE.idleHours,
      keepaliveHours: settings.refreshKeepaliveHours ?? DEFAULT_SCHEDULE.keepaliveHours,
    };
  }
}
