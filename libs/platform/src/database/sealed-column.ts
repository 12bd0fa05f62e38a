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
  /** SQL of what the values are bound to beside their purpose. */
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

/** Before every UUID. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** The statements about a sealed column. None of them waits for a row that somebody else is writing. */
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
    const { table, columns, where } = this.column;
    const [{ column }] = columns;
    return this.dataSource.query(
      `SELECT CASE WHEN octet_length(${column}) > 1 THEN substring(${column} FROM 1 FOR 2 + get_byte(${column}, 1))
                   ELSE ${column} END AS head, count(*)::int AS count
         FROM ${table} WHERE ${where} AND ${column} IS NOT NULL GROUP BY 1`,
    );
  }

  /** The next rows whose values do not begin with these bytes, in the order of their ids. */
  async after(id: string, head: Buffer, limit: number): Promise<SealedRow[]> {
    const { table, columns, where, consentId, generation, id: idColumn } = this.column;
    const [{ column }] = columns;
    return this.dataSource.query(
      `SELECT ${idColumn} AS id, ${consentId} AS "consentId", ${generation} AS generation,
              ARRAY[${columns.map((one) => one.column).join(', ')}] AS values
         FROM ${table}
        WHERE ${idColumn} > $1 AND ${where} AND ${column} IS NOT NULL
          AND substring(${column} FROM 1 FOR ${head.length}) <> $2
        ORDER BY ${idColumn} LIMIT $3`,
      [id, head, limit],
    );
  }

  /**
   * Puts values in the place of those that were read, where these are still there and nobody holds the row.
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
