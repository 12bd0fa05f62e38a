import { Injectable } from '@nestjs/common';
import type { StateReason } from '@consent-hub/consent';
import { newId, newRequestId, runNamed } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import type { GrantOutcome } from './grant-outcome.js';
import { FailoverGrace } from './failover-grace.js';
import { CLAIM_DUE } from './reservation.statements.js';
import { fromRow, type ReservedRequest, type ReservedRow } from './reserved-request.js';
import { stopwatch } from './stopwatch.js';
import { TokenGrantSettings } from './token-grant.settings.js';
import { TokenGrants } from './token-grants.js';

/** Everything due is looked at again this often, whatever stands below the mark. */
const RESCAN_MS = 10_000;

const FROM_THE_START = '-infinity';

/** A due refresh that is this process's to make. Run it at once: unsent, it is given up after some seconds. */
export interface ClaimedRefresh {
  readonly consentId: string;
  readonly brand: Brand;
  /** Sends and settles. Throws for nothing that a bank may answer. */
  run(): Promise<GrantOutcome>;
  /** After the run: why the consent is over, where the run ended it. */
  readonly endReason: StateReason | null;
}

type PickedRow = { count: number; latest: string | null } & (ReservedRow | { id: null; server: string });

/** How far the claims of one brand have come. */
interface Mark {
  dueAt: string;
  isRecent: () => boolean;
}

/** Refreshes that are due, handed out to one process each. Nothing but Postgres is agreed with other replicas. */
@Injectable()
export class DueRefreshes {
  private readonly marks = new Map<Brand, Mark>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly grants: TokenGrants,
    private readonly settings: TokenGrantSettings,
    private readonly grace: FailoverGrace,
  ) {}

  /**
   * Claims up to `limit` due refreshes of a brand, the longest due first. Each stands in the journal when this resolves, and
   * nobody else can make it. None while a database server that took over may believe spent pairs to be current.
   */
  async claim(brand: Brand, limit: number): Promise<ClaimedRefresh[]> {
    if (limit < 1 || this.grace.secondsLeft > 0) return [];
    const { owner, leaseSeconds, sendWithinMs } = this.settings;
    const isFresh = stopwatch(sendWithinMs);
    const mark = this.markOf(brand);
    const times = <T>(make: () => T): T[] => Array.from({ length: limit }, make);
    const ids = [times(newId), times(newRequestId)];
    const values = [brand, mark.dueAt, limit, ...ids, owner, leaseSeconds, this.grace.server];
    const rows = await runNamed<PickedRow>(this.dataSource, CLAIM_DUE, values);
    if (rows[0]) this.grace.saw(rows[0].server);
    const latest = rows[0]?.latest;
    if (latest) mark.dueAt = latest;
    return rows.flatMap((row) => (row.id === null ? [] : [this.claimed({ isFresh, ...fromRow(row) })]));
  }

  /** What was due before has been claimed, or is being claimed by another; what became due late is found by the next scan. */
  private markOf(brand: Brand): Mark {
    let mark = this.marks.get(brand);
    if (!mark?.isRecent()) {
      mark = { dueAt: FROM_THE_START, isRecent: stopwatch(RESCAN_MS) };
      this.marks.set(brand, mark);
    }
    return mark;
  }

  private claimed(reserved: ReservedRequest): ClaimedRefresh {
    const { grants } = this;
    const { consentId, brand } = reserved.request;
    let endReason: StateReason | null = null;
    return {
      consentId,
      brand,
      async run() {
        const end = await grants.runClaimed(reserved);
        endReason = end.reason;
        return end.outcome;
      },
      get endReason() {
        return endReason;
      },
    };
  }
}
