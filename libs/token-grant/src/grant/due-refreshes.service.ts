import { Injectable, Logger } from '@nestjs/common';
import { describeError, newId, newRequestId, plainArray, runNamed } from '@consent-hub/platform';
import type { Brand, Scope } from '@consent-hub/psd2-protocol';
import { TokenVault } from '@consent-hub/token-vault';
import { DataSource } from 'typeorm';
import { ClaimedRefresh } from './claimed-refresh.js';
import { FailoverPause } from '../request/failover-pause.service.js';
import { OwnRequests } from '../request/own-requests.registry.js';
import { CLAIM_AT_RANDOM } from '../request/random-claim.statements.js';
import { CLAIM_DUE, CLAIM_DOUBTFUL } from '../request/reservation.statements.js';
import { fromRow, type ReservedRow } from '../request/reserved-request.js';
import { stopwatch } from '../request/stopwatch.js';
import { TokenGrants } from './token-grants.service.js';

/** Everything due is looked at again this often, whatever stands below the mark. */
const RESCAN_MS = 10_000;

const FROM_THE_START = '-infinity';

/** What one claim has picked, the first row with what is true of all; that one alone, with nulls, where nothing is due. */
type ClaimRow = PickedRow | (Partial<Record<keyof PickedRow, null>> & { readonly nth: null });

interface PickedRow {
  readonly nth: number;
  readonly consent_id: string;
  readonly generation: number;
  readonly refresh_token: Buffer;
  readonly scope: Scope;
  readonly is_reserved: boolean;
}

interface CommonToAll {
  readonly latest: string | null;
  readonly run: string;
  readonly sent_at: Date;
  readonly lease_ends_at: Date;
}

/** How far the claims of one brand have come. */
interface Mark {
  dueAt: string;
  isRecent: () => boolean;
}

/** Refreshes that are due, handed out to one process each. Nothing but Postgres is agreed with other replicas. */
@Injectable()
export class DueRefreshes {
  private readonly logger = new Logger(DueRefreshes.name);
  private readonly marks = new Map<Brand, Mark>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly grants: TokenGrants,
    private readonly pause: FailoverPause,
    private readonly own: OwnRequests,
    private readonly vault: TokenVault,
  ) {}

  /**
   * Claims up to `limit` due refreshes of a brand, the longest due first. Each stands in the journal when this resolves, and
   * nobody else can make it. None while a database server that took over may believe spent pairs to be current,
   * or the spool cannot be written.
   *
   * @param atRandom instead of the longest due first, so that those at the front do not stand before all others
   */
  async claim(brand: Brand, limit: number, { atRandom = false } = {}): Promise<ClaimedRefresh[]> {
    if (limit < 1) return [];
    await this.pause.ready();
    const { run } = this.pause;
    if (run === null) return [];
    const [ids, requestIds] = namesFor(limit);
    const isFresh = this.pause.freshness(run);
    const { rows, uncommon } = await this.reserving(ids, () =>
      this.pick(brand, atRandom, run, ids, requestIds),
    );
    const { owner } = this.own;
    const claimed = rows.map(({ id, requestId, row, common }) => {
      const request = {
        id,
        requestId,
        consentId: row.consent_id,
        brand,
        grantType: 'refresh_token' as const,
        expectedGeneration: row.generation,
        probeOf: null,
        owner,
        sentAt: common.sent_at,
        leaseEndsAt: common.lease_ends_at,
        callerRequestId: null,
      };
      const spends = { refreshToken: row.refresh_token };
      return new ClaimedRefresh(this.grants, { isFresh, request, scope: row.scope, spends });
    });
    return uncommon.length === 0 ? claimed : [...claimed, ...(await this.lookCloser(uncommon, run))];
  }

  /** What the statement has not reserved of these ids is free again; after a failure nobody knows. */
  private async reserving<T extends { readonly rows: readonly { readonly id: string }[] }>(
    ids: readonly string[],
    work: () => Promise<T>,
  ): Promise<T> {
    this.own.reserve(ids);
    try {
      const result = await work();
      const reserved = new Set(result.rows.map(({ id }) => id));
      this.own.release(ids.filter((id) => !reserved.has(id)));
      return result;
    } catch (error) {
      this.own.abandon(ids);
      throw error;
    }
  }

  /** What one claim has picked: what it has reserved, and the consents that are to be looked at more closely. */
  private async pick(brand: Brand, atRandom: boolean, run: string, ids: string[], requestIds: string[]) {
    const { owner, leaseSeconds } = this.own;
    const mark = atRandom ? null : this.markOf(brand);
    const names = [plainArray(ids), plainArray(requestIds)];
    const values = [
      brand,
      mark?.dueAt ?? FROM_THE_START,
      ids.length,
      ...names,
      owner,
      leaseSeconds,
      run,
      plainArray(this.vault.keyIds),
    ];
    const statement = atRandom ? CLAIM_AT_RANDOM : CLAIM_DUE;
    const found = await runNamed<ClaimRow & CommonToAll>(this.dataSource, statement, values);
    const [common] = found;
    if (!common) throw new Error('a claim gives at least one row');
    this.pause.saw(common.run);
    if (mark && common.latest !== null) mark.dueAt = common.latest;
    const rows: { id: string; requestId: string; row: PickedRow; common: CommonToAll }[] = [];
    const uncommon: string[] = [];
    for (const row of found) {
      if (row.nth === null) continue;
      const [id, requestId] = [ids[row.nth - 1], requestIds[row.nth - 1]];
      if (id === undefined || requestId === undefined)
        throw new Error('a claim gives no more than it was asked for');
      if (row.is_reserved) rows.push({ id, requestId, row, common });
      else uncommon.push(row.consent_id);
    }
    return { rows, uncommon };
  }

  /** Those that are not as they mostly are: ended, in doubt. What fails here is due again; what was claimed before must run. */
  private async lookCloser(consentIds: readonly string[], run: string): Promise<ClaimedRefresh[]> {
    const { owner, leaseSeconds } = this.own;
    const isFresh = this.pause.freshness(run);
    const [ids, requestIds] = namesFor(consentIds.length);
    const values = [consentIds, ids, requestIds, owner, leaseSeconds, this.pause.latestMs, run];
    try {
      const { rows } = await this.reserving(ids, async () => ({
        rows: await runNamed<ReservedRow>(this.dataSource, CLAIM_DOUBTFUL, values),
      }));
      return rows.map((row) => new ClaimedRefresh(this.grants, { isFresh, ...fromRow(row) }));
    } catch (error) {
      this.logger.warn({ msg: 'doubtful refreshes not claimed', error: describeError(error) });
      return [];
    }
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
}

/** Ids and Request-IDs for so many requests. */
const namesFor = (count: number): [string[], string[]] => [
  Array.from({ length: count }, newId),
  Array.from({ length: count }, newRequestId),
];
