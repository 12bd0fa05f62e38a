import { Injectable } from '@nestjs/common';
import { newId, newRequestId, plainArray, runNamed } from '@consent-hub/platform';
import type { Brand, Scope } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { ClaimedRefresh } from './claimed-refresh.js';
import { FailoverGrace } from './failover-grace.js';
import { CLAIM_DUE, CLAIM_ODD } from './reservation.statements.js';
import { fromRow, type ReservedRow } from './reserved-request.js';
import { stopwatch } from './stopwatch.js';
import { TokenGrantSettings } from './token-grant.settings.js';
import { TokenGrants } from './token-grants.js';

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
  readonly server: string;
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
    if (limit < 1) return [];
    await this.grace.ready();
    if (this.grace.secondsLeft > 0) return [];
    const { owner, leaseSeconds, sendWithinMs } = this.settings;
    const isFresh = stopwatch(sendWithinMs);
    const mark = this.markOf(brand);
    const [ids, requestIds] = namesFor(limit);
    const names = [plainArray(ids), plainArray(requestIds)];
    const values = [brand, mark.dueAt, limit, ...names, owner, leaseSeconds, this.grace.server];
    const rows = await runNamed<ClaimRow & CommonToAll>(this.dataSource, CLAIM_DUE, values);
    const [common] = rows;
    if (!common) throw new Error('a claim gives at least one row');
    this.grace.saw(common.server);
    if (common.latest !== null) mark.dueAt = common.latest;
    const claimed: ClaimedRefresh[] = [];
    const odd: string[] = [];
    for (const row of rows) {
      if (row.nth === null) continue;
      if (!row.is_reserved) {
        odd.push(row.consent_id);
        continue;
      }
      const [id, requestId] = [ids[row.nth - 1], requestIds[row.nth - 1]];
      if (id === undefined || requestId === undefined)
        throw new Error('a claim gives no more than it was asked for');
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
      };
      const reserved = { isFresh, request, scope: row.scope, spends: { refreshToken: row.refresh_token } };
      claimed.push(new ClaimedRefresh(this.grants, reserved));
    }
    if (odd.length === 0) return claimed;
    const probes = await this.lookCloser(odd);
    return [
      ...claimed,
      ...probes.map((row) => new ClaimedRefresh(this.grants, { isFresh, ...fromRow(row) })),
    ];
  }

  /** Those that are not as they mostly are: ended, under way, in doubt. */
  private lookCloser(consentIds: readonly string[]): Promise<ReservedRow[]> {
    const { owner, leaseSeconds } = this.settings;
    const values = [consentIds, ...namesFor(consentIds.length), owner, leaseSeconds];
    return runNamed<ReservedRow>(this.dataSource, CLAIM_ODD, values);
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
