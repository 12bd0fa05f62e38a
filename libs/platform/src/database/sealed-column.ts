import type { DataSource } from 'typeorm';

/** A column, or two that are written together, whose values are sealed by the vault. */
export interface SealedColumn {
  /** What its values are, in the plural, as API and log name them. */
  readonly name: string;
  /** With its schema. */
  readonly table: string;
  /** A column of type uuid with a unique index, which names the row. */
  readonly id: string;
  /** The values of a row are sealed with the same key; the first one says which. */
  readonly columns: readonly [SealedPart, ...SealedPart[]];
  /** SQL of what the values are bound to in addition to their purpose. */
  readonly consentId: string;
  readonly generation: string;
  /** SQL that holds for every row with a value, so that an index finds them. */
  readonly where: string;
  /** A column that repeats the id of the key. */
  readonly keyColumn?: string;
}

interface SealedPart {
  readonly column: string;
  /** What its values are to the vault. */
  readonly purpose: string;
}

/** A row whose values are to be sealed anew. */
export interface SealedRow {
  readonly id: string;
  readonly consentId: string;
  readonly generation: number;
  /** In the order of the columns. */
  readonly values: readonly Buffer[];
}

/** What takes the place of the values of a row, if they are still there. */
export interface ResealedRow extends SealedRow {
  readonly resealed: readonly Buffer[];
}

export interface SealedPage {
  readonly rows: readonly SealedRow[];
  /** The last row that was read; null where there is none after it. */
  readonly next: string | null;
}

/** Or that there is none. */
type FoundRow = SealedRow | { readonly id: null };

/** Rows of a statement that counts: a fraction of a second. */
const COUNTED_AT_ONCE = 50_000;

/** Before every UUID. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** The statements about a sealed column. No statement waits for a row that another transaction is writing. */
export class SealedValues {
  readonly name: string;

  constructor(
    private readonly dataSource: DataSource,
    readonly column: SealedColumn,
  ) {
    this.name = column.name;
  }

  /** How many rows begin with the same bytes, version and key of the envelope, by these bytes. */
  async countByHead(): Promise<{ readonly head: Buffer; readonly count: number }[]> {
    const counts = new Map<string, { readonly head: Buffer; count: number }>();
    for (let [after, scanned] = [BEFORE_ALL, COUNTED_AT_ONCE]; scanned === COUNTED_AT_ONCE;) {
      const page = await this.countPage(after);
      scanned = page.reduce((sum, { count }) => sum + count, 0);
      after = page[0]?.last ?? after;
      for (const { head, count } of page) {
        const known = counts.get(head.toString('hex'));
        if (known) known.count += count;
        else counts.set(head.toString('hex'), { head, count });
      }
    }
    return [...counts.values()];
  }

  /**
   * The next rows whose values do not begin with these bytes, in the order of their ids.
   *
   * @param scan reads so many rows at most, so that a statement does not last long where few are left
   */
  async after(
    id: string,
    head: Buffer,
    { scan, limit }: { scan: number; limit: number },
  ): Promise<SealedPage> {
    const { table, columns, where, consentId, generation, id: idColumn } = this.column;
    const [{ column }] = columns;
    const rows = await this.dataSource.query<(FoundRow & { scanned: number; last: string | null })[]>(
      `WITH page AS MATERIALIZED (
         SELECT ${idColumn} AS row_id, substring(${column} FROM 1 FOR ${head.length}) <> $2 AS is_left
           FROM ${table} WHERE ${idColumn} > $1 AND ${where} AND ${column} IS NOT NULL
          ORDER BY ${idColumn} LIMIT $3
       ), found AS (
         SELECT ${idColumn} AS id, ${consentId} AS "consentId", ${generation} AS generation,
                ARRAY[${columns.map((one) => one.column).join(', ')}] AS values
           FROM ${table} JOIN (SELECT row_id FROM page WHERE is_left ORDER BY row_id LIMIT $4) AS left_over
                  ON ${idColumn} = row_id
       )
       SELECT found.*, whole.*
         FROM (SELECT count(*)::int AS scanned, (SELECT row_id FROM page ORDER BY row_id DESC LIMIT 1) AS last FROM page) AS whole
         LEFT JOIN found ON true ORDER BY found.id`,
      [id, head, scan, limit],
    );
    const found = rows.filter((row): row is SealedRow & typeof row => row.id !== null);
    const [{ scanned, last } = { scanned: 0, last: null }] = rows;
    const next = found.length === limit ? (found.at(-1)?.id ?? null) : scanned < scan ? null : last;
    return { rows: found, next };
  }

  private countPage(after: string): Promise<{ head: Buffer; count: number; last: string }[]> {
    const { table, columns, where, id: idColumn } = this.column;
    const [{ column }] = columns;
    return this.dataSource.query(
      `WITH page AS MATERIALIZED (
         SELECT ${idColumn} AS row_id,
                CASE WHEN octet_length(${column}) > 1 THEN substring(${column} FROM 1 FOR 2 + get_byte(${column}, 1))
                     ELSE ${column} END AS head
           FROM ${table} WHERE ${idColumn} > $1 AND ${where} AND ${column} IS NOT NULL
          ORDER BY ${idColumn} LIMIT ${COUNTED_AT_ONCE}
       )
       SELECT head, count(*)::int AS count, (SELECT row_id FROM page ORDER BY row_id DESC LIMIT 1) AS last
         FROM page GROUP BY head`,
      [after],
    );
  }

  /**
   * Replaces the values that were read, where these are still there and no transaction has locked the row.
   *
   * @returns how many rows were written
   */
  async replace(rows: readonly ResealedRow[], keyId: string): Promise<number> {
    const { table, columns, keyColumn, id: idColumn } = this.column;
    const names = columns.map(({ column }) => column);
    const given = ['id', ...names.map((_, n) => `old_${n}`), ...names.map((_, n) => `new_${n}`)];
    const same = (of: string) => names.map((name, n) => `${of}.${name} = given.old_${n}`).join(' AND ');
    const written = [
      ...names.map((name, n) => `${name} = given.new_${n}`),
      ...(keyColumn === undefined ? [] : [`${keyColumn} = $1`]),
    ];
    const arrays = given.map((_, n) => `$${n + 2}::${n === 0 ? 'uuid' : 'bytea'}[]`);
    const [row] = await this.dataSource.query<{ count: number }[]>(
      `WITH given AS MATERIALIZED (
         SELECT * FROM unnest(${arrays.join(', ')}) AS given (${given.join(', ')}) WHERE $1::text IS NOT NULL
       ), free AS MATERIALIZED (
         SELECT r.${idColumn} AS id FROM ${table} r JOIN given ON r.${idColumn} = given.id AND ${same('r')}
          FOR NO KEY UPDATE OF r SKIP LOCKED
       ), written AS (
         UPDATE ${table} w SET ${written.join(', ')}
           FROM given JOIN free ON free.id = given.id
          WHERE w.${idColumn} = given.id AND ${same('w')}
         RETURNING 1
       )
       SELECT count(*)::int AS count FROM written`,
      [
        keyId,
        rows.map(({ id }) => id),
        ...names.map((_, n) => rows.map(({ values }) => values[n])),
        ...names.map((_, n) => rows.map(({ resealed }) => resealed[n])),
      ],
    );
    return row?.count ?? 0;
  }
}
