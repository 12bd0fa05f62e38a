import { Logger as NestLogger } from '@nestjs/common';
import type { DataSource, Logger, QueryRunner } from 'typeorm';

/** A statement that a hub has sent, with its values. */
export interface RecordedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** What its transaction had set for the planner before. */
  readonly settings: readonly string[];
}

/** What it costs, by EXPLAIN. */
export interface StatementCost {
  readonly text: string;
  /** Tables that were read from their beginning to their end. */
  readonly scanned: readonly string[];
  /** Indexes that were read from their beginning to their end. */
  readonly wholeIndexes: readonly string[];
  readonly milliseconds: number;
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Strategy?: string;
  readonly Plans?: readonly Plan[];
}

/** What the planner likes where there are few rows, since all of a table is then quickly read. */
const WHOLE_READS = ['seqscan', 'hashjoin', 'mergejoin'] as const;
const SETTING = /set_config\('enable_bitmapscan'/;
const READS = /^\s*(?:\(*\s*SELECT|WITH)\b/i;

/** Notes every statement of a data source from now on, until it is stopped. */
export class StatementRecorder implements Logger {
  readonly statements: RecordedStatement[] = [];
  private readonly settings = new WeakMap<QueryRunner, string[]>();
  private readonly before: Pick<DataSource, 'logger'>;

  constructor(private readonly dataSource: DataSource) {
    this.before = { logger: dataSource.logger };
    this.dataSource.logger = this;
  }

  stop(): void {
    this.dataSource.logger = this.before.logger;
  }

  logQuery(text: string, values: readonly unknown[] = [], runner?: QueryRunner): void {
    if (/^(?:START TRANSACTION|COMMIT|ROLLBACK)/.test(text)) {
      if (runner) this.settings.delete(runner);
      return;
    }
    if (SETTING.test(text)) {
      if (runner) this.settings.set(runner, [text]);
      return;
    }
    if (READS.test(text))
      this.statements.push({ text, values, settings: (runner && this.settings.get(runner)) ?? [] });
  }

  logQueryError(error: string | Error): void {
    NestLogger.error(error, StatementRecorder.name);
  }

  logQuerySlow(): void {
    // They are measured apart.
  }

  logSchemaBuild(): void {
    // Nothing is built.
  }

  logMigration(): void {
    // Nothing is migrated.
  }

  log(): void {
    // Of no interest.
  }
}

const scannedIn = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name'] ?? '?'] : []),
  ...(plan.Plans ?? []).flatMap(scannedIn),
];

/** Nodes that read all of what is below them before they give a row. */
const takesAll = (plan: Plan): boolean =>
  ['Sort', 'Hash', 'Materialize', 'Bitmap Heap Scan'].includes(plan['Node Type']) ||
  (plan['Node Type'] === 'Aggregate' && plan.Strategy !== 'Sorted');

/** @param isLimited whether a limit above ends the reading early */
const wholeIndexesIn = (plan: Plan, isLimited = false): string[] => {
  const isLimitedBelow = plan['Node Type'] === 'Limit' || (isLimited && !takesAll(plan));
  return [
    ...(plan['Index Name'] !== undefined && plan['Index Cond'] === undefined && !isLimited
      ? [plan['Index Name']]
      : []),
    ...(plan.Plans ?? []).flatMap((below) => wholeIndexesIn(below, isLimitedBelow)),
  ];
};

/**
 * Explains each statement once more, with the values of its first call.
 *
 * @param isForced whether tables are read whole only where nothing else can be done: so few rows are as good as many
 */
export async function costsOf(
  dataSource: DataSource,
  statements: readonly RecordedStatement[],
  isForced: boolean,
): Promise<StatementCost[]> {
  const once = new Map(statements.map((statement) => [statement.text, statement]));
  const costs: StatementCost[] = [];
  for (const { text, values, settings } of once.values()) {
    const explain = `EXPLAIN (${isForced ? '' : 'ANALYZE, '}FORMAT JSON) ${text}`;
    const [row] = await dataSource.transaction(async (tx) => {
      for (const setting of settings) await tx.query(setting);
      if (isForced) for (const way of WHOLE_READS) await tx.query(`SET LOCAL enable_${way} = off`);
      return tx.query<{ 'QUERY PLAN': [{ Plan: Plan; 'Execution Time'?: number }] }[]>(explain, [...values]);
    });
    if (!row) throw new Error('a statement was not explained');
    const [{ Plan: plan, 'Execution Time': milliseconds = 0 }] = row['QUERY PLAN'];
    costs.push({ text, scanned: scannedIn(plan), wholeIndexes: wholeIndexesIn(plan), milliseconds });
  }
  return costs;
}
