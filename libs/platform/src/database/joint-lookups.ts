import type { Span } from '@opentelemetry/api';
import type { Pool, QueryResultRow } from 'pg';
import type { DataSource } from 'typeorm';
import { spansOf } from '../tracing/spans.js';
import { BatchedLookup } from './batched-lookup.js';
import { runNamed, type NamedStatement } from './named-statement.js';

/** What is looked up by keys of one kind. */
export interface LookupKind {
  /** Column of the selection that repeats the key as it was asked for; null in no row. */
  readonly key: string;
  /**
   * Selects a row for each key that is there. No column may bear a name of another kind.
   *
   * @param keys an array of texts, to be cast; a key that cannot be cast fails all that share the statement
   */
  readonly select: (keys: string) => string;
}

interface JointKey {
  readonly kind: number;
  readonly key: string;
  /** Span of the operation that looks it up. */
  readonly span: Span | undefined;
}

/**
 * Lookups of several kinds, whose keys of one turn of the event loop travel in one statement: who calls and what is called
 * for cost one round trip, though the parts of the program that ask know nothing of each other. Nothing is kept.
 */
export class JointLookups {
  private readonly kinds: LookupKind[] = [];
  private readonly lookups = new BatchedLookup<JointKey, QueryResultRow>(nameOf, (keys) => this.read(keys));
  private statement: NamedStatement | undefined;

  constructor(private readonly on: DataSource | Pool) {}

  /** Before anything is looked up. */
  add<Row extends QueryResultRow>(kind: LookupKind): (key: string, span?: Span) => Promise<Row | null> {
    const index = this.kinds.push(kind) - 1;
    return (key, span) => this.lookups.find({ kind: index, key, span }) as Promise<Row | null>;
  }

  private async read(keys: readonly JointKey[]): Promise<Map<string, QueryResultRow>> {
    const values = this.kinds.map((_, index) =>
      keys.flatMap(({ kind, key }) => (kind === index ? [key] : [])),
    );
    const statement = (this.statement ??= jointStatement(this.kinds));
    const rows = await runNamed(this.on, statement, values, spansOf(keys));
    return new Map(rows.map((row) => [this.nameOfRow(row), row]));
  }

  private nameOfRow(row: QueryResultRow): string {
    const kind = this.kinds.findIndex(({ key }) => row[key] !== null);
    return nameOf({ kind, key: String(row[this.kinds[kind]?.key ?? '']) });
  }
}

const nameOf = ({ kind, key }: Pick<JointKey, 'kind' | 'key'>): string => `${kind} ${key}`;

/** Rows of all kinds below each other: a join of everything on nothing leaves the columns of the other kinds null. */
function jointStatement(kinds: readonly LookupKind[]): NamedStatement {
  const parts = kinds.map(({ select }, index) => `(${select(`$${index + 1}::text[]`)}) AS kind${index}`);
  const [first, ...others] = parts;
  return {
    name: kinds.map(({ key }) => key).join('-'),
    text: `SELECT * FROM ${first} ${others.map((other) => `FULL JOIN ${other} ON false`).join(' ')}`,
  };
}
