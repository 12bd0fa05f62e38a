import { runNamed, type NamedStatement } from '@consent-hub/platform';
import type { DataSource, EntityManager } from 'typeorm';
import type { KeyEncryptionName } from '../key-encryption/key-encryption.js';

/** Is done in the transaction of the change, where there is one; where it throws, nothing has changed. */
export type Also = (tx: EntityManager) => Promise<unknown>;

/**
 * - `announced`: every hub is to learn it before anything is sealed with it
 * - `current`: seals
 * - `former`: was current, and opens what it sealed
 * - `retired`: nothing needed it any more; it is destroyed some time later
 */
export const VAULT_KEY_STATES = ['announced', 'current', 'former', 'retired'] as const;
export type VaultKeyState = (typeof VAULT_KEY_STATES)[number];

/** A key of HUB_VAULT_KEYS that seals values itself has a row without a wrapped key. */
export type VaultKeyProvider = KeyEncryptionName | 'environment';

/** A row of `hub.vault_key`. */
export interface VaultKeyRow {
  readonly id: string;
  readonly state: VaultKeyState;
  readonly provider: VaultKeyProvider;
  readonly kekId: string | null;
  readonly wrapped: Buffer | null;
  readonly seals: number;
  /** Null for a key that has no row. */
  readonly createdAt: Date | null;
  readonly currentFrom: Date | null;
  readonly currentUntil: Date | null;
  readonly retiredAt: Date | null;
  readonly destroyedAt: Date | null;
  /** When sealing everything else anew with this key was requested; null where it was not. */
  readonly resealRequestedAt: Date | null;
  readonly resealEndedAt: Date | null;
  /** Rows that other keys had sealed then. */
  readonly resealTotal: number | null;
  readonly resealed: number;
  readonly resealFailed: number;
}

/** A data key that is about to be announced. */
export interface NewVaultKey {
  readonly id: string;
  readonly provider: KeyEncryptionName;
  readonly kekId: string;
  readonly wrapped: Buffer;
}

const COLUMNS = `id, state, provider, kek_id AS "kekId", wrapped_key AS wrapped, seals::double precision AS seals,
       created_at AS "createdAt", current_from AS "currentFrom", current_until AS "currentUntil",
       retired_at AS "retiredAt", destroyed_at AS "destroyedAt", reseal_requested_at AS "resealRequestedAt",
       reseal_ended_at AS "resealEndedAt", reseal_total::double precision AS "resealTotal",
       resealed::double precision AS resealed,
       reseal_failed::double precision AS "resealFailed"`;

/** Read every second by every hub. */
const ALL: NamedStatement = {
  name: 'vault_keys',
  text: `SELECT ${COLUMNS} FROM hub.vault_key ORDER BY created_at, id`,
};

/** Seconds after which another hub continues what one has left unfinished. */
const RESEAL_LEASE_SECONDS = 15;

const ANNOUNCE = `
  WITH announced AS (
    INSERT INTO hub.vault_key (id, state, provider, kek_id, wrapped_key) VALUES ($1, 'announced', $2, $3, $4)
    ON CONFLICT DO NOTHING RETURNING id
  )
  SELECT id FROM announced`;

const REQUEST_RESEAL = `
  WITH requested AS (
    UPDATE hub.vault_key
       SET reseal_requested_at = now(), reseal_ended_at = NULL, reseal_total = $1, resealed = 0, reseal_failed = 0,
           reseal_owner = NULL, reseal_lease_ends_at = NULL
     WHERE state = 'current' AND (reseal_requested_at IS NULL OR reseal_ended_at IS NOT NULL)
    RETURNING id
  )
  SELECT id FROM requested`;

const RETIRE = `
  WITH retired AS (
    UPDATE hub.vault_key SET state = 'retired', retired_at = now() WHERE id = $1 AND state = 'former' RETURNING id
  )
  SELECT id FROM retired`;

/** Table `vault_key`. */
export class VaultKeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Oldest first. */
  all(): Promise<VaultKeyRow[]> {
    return runNamed<VaultKeyRow>(this.dataSource, ALL, []);
  }

  /** Where there is no data key at all, no hub needs to learn this one first. Loses to another hub that does the same. */
  async insertFirst(key: NewVaultKey): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO hub.vault_key (id, state, provider, kek_id, wrapped_key, current_from)
       SELECT $1, 'current', $2, $3, $4, now()
        WHERE NOT EXISTS (SELECT FROM hub.vault_key WHERE provider <> 'environment')
       ON CONFLICT DO NOTHING`,
      [key.id, key.provider, key.kekId, key.wrapped],
    );
  }

  /**
   * Writes a row that the database has forgotten, by a failover or a restore, as that of a former key: values that it has sealed
   * may be in a spool, or come back from there.
   */
  async enterAgain({ id, provider, kekId, wrapped, seals, createdAt }: VaultKeyRow): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO hub.vault_key (id, state, provider, kek_id, wrapped_key, seals, created_at)
       VALUES ($1, 'former', $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [id, provider, kekId, wrapped, seals, createdAt],
    );
  }

  /**
   * @param also is done in the same transaction, where the key is announced
   * @returns false where another key is announced
   */
  announce(key: NewVaultKey, also?: Also): Promise<boolean> {
    return this.changeAnd(also, ANNOUNCE, [key.id, key.provider, key.kekId, key.wrapped]);
  }

  /** Makes the announced key current, and the current one former. @returns false where another process did */
  promote(id: string): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const announced = await tx.query<object[]>(
        `SELECT id FROM hub.vault_key WHERE id = $1 AND state = 'announced' FOR UPDATE`,
        [id],
      );
      if (announced.length === 0) return false;
      await tx.query(
        `UPDATE hub.vault_key SET state = 'former', current_until = now() WHERE state = 'current'`,
      );
      await tx.query(`UPDATE hub.vault_key SET state = 'current', current_from = now() WHERE id = $1`, [id]);
      return true;
    });
  }

  /** Adds to the counters. A key of HUB_VAULT_KEYS gets its row with its first seals. */
  async addSeals(counts: ReadonlyMap<string, number>): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO hub.vault_key AS k (id, state, provider, seals)
       SELECT id, 'former', 'environment', count FROM unnest($1::text[], $2::bigint[]) AS given (id, count) ORDER BY id
       ON CONFLICT (id) DO UPDATE SET seals = k.seals + excluded.seals`,
      [[...counts.keys()], [...counts.values()]],
    );
  }

  /**
   * @param also is done in the same transaction, where the key is retired
   * @returns false where the key is not a former one
   */
  retire(id: string, also: Also): Promise<boolean> {
    return this.changeAnd(also, RETIRE, [id]);
  }

  /** A key of HUB_VAULT_KEYS that has sealed nothing since seals are counted. */
  async noteEnvironmentKey(id: string): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO hub.vault_key (id, state, provider) VALUES ($1, 'former', 'environment') ON CONFLICT DO NOTHING`,
      [id],
    );
  }

  /** Ids of retired data keys that have rested for so long and still can be unwrapped. */
  async destroyable(afterSeconds: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT id FROM hub.vault_key
        WHERE state = 'retired' AND wrapped_key IS NOT NULL AND retired_at < now() - make_interval(secs => $1)`,
      [afterSeconds],
    );
    return rows.map(({ id }) => id);
  }

  /** Its wrapped form was the only one. */
  async destroy(id: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE hub.vault_key SET wrapped_key = NULL, destroyed_at = now()
        WHERE id = $1 AND state = 'retired' AND destroyed_at IS NULL`,
      [id],
    );
  }

  /**
   * Asks for everything to be sealed anew with the current key.
   *
   * @param also is done in the same transaction, where it begins with this
   * @returns false where that was asked for and has not ended: it still runs
   */
  requestReseal(total: number, also?: Also): Promise<boolean> {
    return this.changeAnd(also, REQUEST_RESEAL, [total]);
  }

  /** Starts the work, or continues it. @returns false where it is another hub's, or done, or not asked for */
  async leaseReseal(id: string, owner: string): Promise<boolean> {
    const rows = await this.dataSource.query<object[]>(
      `WITH leased AS (
         UPDATE hub.vault_key
            SET reseal_owner = $2, reseal_lease_ends_at = now() + make_interval(secs => ${RESEAL_LEASE_SECONDS})
          WHERE id = $1 AND state = 'current' AND reseal_requested_at IS NOT NULL AND reseal_ended_at IS NULL
            AND (reseal_owner = $2 OR coalesce(reseal_lease_ends_at, '-infinity') <= now())
         RETURNING id
       )
       SELECT id FROM leased`,
      [id, owner],
    );
    return rows.length > 0;
  }

  /** Adds to its progress, with the end where it has come. */
  async noteResealed(
    id: string,
    owner: string,
    { resealed, failed, isOver }: { resealed: number; failed: number; isOver: boolean },
  ): Promise<void> {
    await this.dataSource.query(
      `UPDATE hub.vault_key
          SET resealed = resealed + $3, reseal_failed = CASE WHEN $5 THEN $4 ELSE reseal_failed END,
              reseal_ended_at = CASE WHEN $5 THEN now() END,
              reseal_lease_ends_at = now() + make_interval(secs => ${RESEAL_LEASE_SECONDS})
        WHERE id = $1 AND reseal_owner = $2`,
      [id, owner, resealed, failed, isOver],
    );
  }

  /** @returns whether the statement changed a row, and `also` was done with it */
  private changeAnd(also: Also | undefined, statement: string, values: readonly unknown[]): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const changed = await tx.query<object[]>(statement, [...values]);
      if (changed.length > 0) await also?.(tx);
      return changed.length > 0;
    });
  }
}
