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

/** The keys as they are now, and what needed them when that was last counted. */
export interface CountedKeys extends VaultKeyList {
  readonly countedAt: Date;
}

interface Counted {
  readonly list: VaultKeyList;
  readonly at: Date;
  readonly tookMs: number;
}

/** Lists the keys of the vault for all who look, and counts what needs them as seldom as will do. */
@Injectable()
export class KeyListService {
  private counted: Counted | null = null;
  private counting: Promise<Counted> | null = null;
  private readonly list = new Cached(() => this.keys.list(false), FRESH_MS);

  constructor(private readonly keys: VaultKeyAdministration) {}

  async read(): Promise<CountedKeys> {
    const { kek, keys } = await this.list.read();
    const { list, at } = await this.count(keys);
    const usesOf = (id: string): KeyUses => list.keys.find(({ row }) => row.id === id)?.uses ?? {};
    // A key that values alone name has no row.
    const named = list.keys.filter(({ row }) => !keys.some((one) => one.row.id === row.id));
    return {
      kek,
      countedAt: at,
      keys: [...named, ...keys.map((key) => ({ ...key, uses: usesOf(key.row.id) }))],
    };
  }

  /** Whoever has acted sees at once what came of it. */
  forget(): void {
    this.list.forget();
    this.counted = null;
  }

  private count(keys: readonly ListedKey[]): Promise<Counted> {
    const { counted } = this;
    if (counted && !isOld(counted) && !hasResealedSince(keys, counted)) return Promise.resolve(counted);
    this.counting ??= this.recount().finally(() => (this.counting = null));
    return this.counting;
  }

  private async recount(): Promise<Counted> {
    const [at, began] = [new Date(), performance.now()];
    const list = await this.keys.list(true);
    this.counted = { list, at, tookMs: performance.now() - began };
    return this.counted;
  }
}

const isOld = ({ at, tookMs }: Counted): boolean =>
  Date.now() - at.getTime() > Math.max(COUNT_FRESH_MS, COUNT_REST * tookMs);

const hasResealedSince = (keys: readonly ListedKey[], { at }: Counted): boolean =>
  keys.some(({ row }) => row.resealEndedAt !== null && row.resealEndedAt > at);
