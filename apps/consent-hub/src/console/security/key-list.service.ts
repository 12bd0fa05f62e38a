import { setTimeout as delay } from 'node:timers/promises';
import {
  VaultKeyAdministration,
  type KeyUses,
  type ListedKey,
  type VaultKeyList,
} from '@consent-hub/token-vault';
import { Injectable } from '@nestjs/common';
import { Cached } from '../overview/cached.js';

const FRESH_MS = 1_000;
/** A count is good enough for so long, and for so many times as long as it took: it reads every sealed value. */
const COUNT_FRESH_MS = 5_000;
const COUNT_REST = 20;
/** A page is shown without a count that takes longer: with 10^6 consents one takes seconds. */
const LONGEST_WAIT_MS = 150;

/** The keys as they are now, and what needed them when that was last counted. */
export interface CountedKeys extends VaultKeyList {
  /** null: it is being counted for the first time, and the keys have no `uses`. */
  readonly countedAt: Date | null;
}

interface Counted {
  readonly list: VaultKeyList;
  readonly at: Date;
  readonly tookMs: number;
}

/** Lists the keys of the vault for all who look, and counts what needs them as seldom as will do. */
@Injectable()
export class KeyListService {
  private readonly list = new Cached(() => this.keys.list(false), FRESH_MS);
  /** How long a count is fresh depends on how long it took: see `count`. */
  private readonly counts = new Cached(() => this.recount(), 0);

  constructor(private readonly keys: VaultKeyAdministration) {}

  async read(): Promise<CountedKeys> {
    const { kek, keys } = await this.list.read();
    const counted = await this.count(keys);
    if (!counted) return { kek, keys, countedAt: null };
    const { list, at } = counted;
    const usesOf = (id: string): KeyUses => list.keys.find(({ row }) => row.id === id)?.uses ?? {};
    // A key that values alone name has no row.
    const named = list.keys.filter(({ row }) => !keys.some((one) => one.row.id === row.id));
    return {
      kek,
      countedAt: at,
      keys: [...named, ...keys.map((key) => ({ ...key, uses: usesOf(key.row.id) }))],
    };
  }

  /** For those who have acted: the keys and their uses are read anew. */
  forget(): void {
    this.list.forget();
    this.counts.forget();
  }

  /** Has them counted if the last count is old, and waits a little for it; the last count, and null if there is none. */
  private async count(keys: readonly ListedKey[]): Promise<Counted | null> {
    const { last } = this.counts;
    if (last && !isOld(last) && !hasResealedSince(keys, last)) return last;
    const counting = this.counts.reload();
    // A failure after that is met by the next who asks.
    counting.catch(() => undefined);
    return (await Promise.race([counting, delay(LONGEST_WAIT_MS, null, { ref: false })])) ?? this.counts.last;
  }

  private async recount(): Promise<Counted> {
    const [at, began] = [new Date(), performance.now()];
    const list = await this.keys.list(true);
    return { list, at, tookMs: performance.now() - began };
  }
}

const isOld = ({ at, tookMs }: Counted): boolean =>
  Date.now() - at.getTime() > Math.max(COUNT_FRESH_MS, COUNT_REST * tookMs);

const hasResealedSince = (keys: readonly ListedKey[], { at }: Counted): boolean =>
  keys.some(({ row }) => row.resealEndedAt !== null && row.resealEndedAt > at);
