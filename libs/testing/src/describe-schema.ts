import type { DataSource } from 'typeorm';

/**
 * Everything in a schema but its rows, a line each, in an order that does not depend on how it was made: tables, columns with
 * their places, constraints, indexes, triggers, functions and comments. Nothing where there is no such schema.
 */
export async function describeSchema(dataSource: DataSource, schema: string): Promise<string[]> {
  const rows = await dataSource.query<{ line: string }[]>(LINES, [schema]);
  return rows.map(({ line }) => line).sort();
}

const LINES = `
  WITH schema AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname = $1
  ), relation AS (
    SELECT c.oid, c.relname, c.relkind, c.reloptions FROM pg_class c JOIN schema ON c.relnamespace = schema.oid
  ), placed AS (
    SELECT a.*, r.relname, row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS place
      FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
     WHERE r.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
  )
  SELECT format('schema %s', nspname) AS line FROM schema
  UNION ALL
  SELECT format('%s %s with %s: %s', relkind, relname, reloptions, obj_description(oid, 'pg_class')) FROM relation
  UNION ALL
  SELECT format('column %s %s %s %s not null %s default %s generated %s identity %s: %s', c.relname, c.place, c.attname,
                format_type(c.atttypid, c.atttypmod), c.attnotnull, pg_get_expr(d.adbin, d.adrelid), c.attgenerated,
                c.attidentity, col_description(c.attrelid, c.attnum))
    FROM placed c LEFT JOIN pg_attrdef d ON d.adrelid = c.attrelid AND d.adnum = c.attnum
  UNION ALL
  SELECT format('constraint %s on %s: %s', k.conname, r.relname, pg_get_constraintdef(k.oid))
    FROM pg_constraint k JOIN relation r ON r.oid = k.conrelid
  UNION ALL
  SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN relation r ON r.oid = indexrelid
  UNION ALL
  SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
  UNION ALL
  SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN schema ON p.pronamespace = schema.oid`;
