import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** Each table of the hub, and the folder that writes it: its SQL stands there. */
const OWNERS: Readonly<Record<string, string>> = {
  admin_action: 'apps/consent-hub/src/console',
  api_client: 'apps/consent-hub/src/api-client',
  api_client_key: 'apps/consent-hub/src/api-client',
  attention_note: 'apps/consent-hub/src/console',
  bank_latency_tally: 'apps/consent-hub/src/statistics',
  consent: 'libs/consent',
  consent_account: 'libs/consent',
  consent_count: 'apps/consent-hub/src/statistics',
  consent_count_change: 'apps/consent-hub/src/statistics',
  consent_event: 'libs/consent',
  consent_tally: 'apps/consent-hub/src/statistics',
  consent_timeline: 'libs/consent',
  consent_use: 'libs/consent',
  console_link: 'apps/consent-hub/src/console',
  console_session: 'apps/consent-hub/src/console',
  database_mark: 'apps/consent-hub/src/statistics',
  hub_event: 'libs/consent',
  idempotency_key: 'apps/consent-hub/src/consent-opening',
  instance: 'libs/token-grant',
  instance_run: 'apps/consent-hub/src/statistics',
  instance_tally: 'apps/consent-hub/src/statistics',
  psu_session: 'apps/consent-hub/src/psu-pages',
  refresh_circuit_breaker: 'apps/consent-hub/src/token-refresh',
  refresh_tally: 'apps/consent-hub/src/statistics',
  schema_compatibility: 'libs/platform',
  timeline_base: 'libs/consent',
  timeline_export: 'libs/consent',
  timeline_partition: 'libs/consent',
  timeline_verification: 'apps/consent-hub/src/timeline',
  token_pair: 'libs/consent',
  token_read_tally: 'apps/consent-hub/src/statistics',
  token_request: 'libs/token-grant',
  token_use: 'libs/consent',
  vault_key: 'libs/token-vault',
  webhook: 'apps/consent-hub/src/webhooks',
  webhook_delivery: 'apps/consent-hub/src/webhooks',
  webhook_dispatch: 'apps/consent-hub/src/webhooks',
};

/** Files that name a table of another folder, and why they may. */
const EXCEPTIONS: readonly {
  readonly file: string;
  readonly tables: readonly string[];
  readonly reason: string;
}[] = [
  {
    file: 'libs/consent/src/request-conditions.ts',
    tables: ['token_request'],
    reason:
      'The search, the read of a token and the count of its uses ask the journal in their own statement, and libs/token-grant stands above libs/consent: it cannot lend them its fragments.',
  },
  {
    file: 'libs/consent/src/person-eraser.ts',
    tables: ['idempotency_key', 'psu_session', 'token_request'],
    reason:
      'That nothing is left of a person must be visible in one place, although other folders write the tables.',
  },
  {
    file: 'apps/consent-hub/src/statistics/hub-figures.query.ts',
    tables: ['refresh_circuit_breaker'],
    reason:
      'The figures of a brand are of one moment, hence of one statement, and features do not import each other.',
  },
  {
    file: 'apps/consent-hub/src/webhooks/webhook.statements.ts',
    tables: ['api_client'],
    reason:
      'Whether a client is revoked, and may see what others opened, is decided in the statement that makes or claims deliveries: between two statements it may change.',
  },
];

const IS_TEST = /\.(spec|harness)\.tsx?$|\/testing\//;

const sourcesBelow = (directory: string): string[] =>
  readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .map((file) => join(directory, file))
    .filter((file) => /\.tsx?$/.test(file));

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Production files of the hub and of the libs. A model of the protocol is no production. */
const productionFiles = (): string[] =>
  [...sourcesBelow('apps/consent-hub/src'), ...sourcesBelow('libs')].filter(
    (file) =>
      !IS_TEST.test(file) && !file.startsWith('libs/testing/') && !file.startsWith('libs/token-grant/model/'),
  );

const folderOf = (file: string): string =>
  /^(?:libs\/[^/]+|apps\/[^/]+\/src\/[^/]+(?=\/))/.exec(file)?.[0] ?? 'apps/consent-hub/src';

/** The tables that the migrations create. */
const createdTables = (): string[] => [
  ...new Set(
    sourcesBelow('migrations/consent-hub').flatMap((file) =>
      [...read(file).matchAll(/CREATE TABLE (?:IF NOT EXISTS )?hub\.(\w+)/g)].map(([, table = '']) => table),
    ),
  ),
];

/** Tables by the names of the entity classes that TypeORM maps to them. */
const entities = (): ReadonlyMap<string, string> =>
  new Map(
    productionFiles().flatMap((file) =>
      [...read(file).matchAll(/@Entity\(\{ schema: 'hub', name: '(\w+)' \}\)\s+export class (\w+)/g)].map(
        ([, table = '', entity = '']) => [entity, table] as const,
      ),
    ),
  );

interface Named {
  readonly tables: ReadonlySet<string>;
  /** Whether a name may be put together, so that the tables are not all of them. */
  readonly isPutTogether: boolean;
}

/**
 * The tables of the hub that a source names: in the text of a literal or of a part of a template, with any text around it, or by an
 * entity class where a type would not do. Comments and types name nothing.
 */
function namedIn(source: string, entityTables: ReadonlyMap<string, string>): Named {
  const tables = new Set<string>();
  let isPutTogether = false;
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isImportClause(node) && node.isTypeOnly) return;
    if (ts.isImportSpecifier(node) && node.isTypeOnly) return;
    if (ts.isExportDeclaration(node)) return;
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) {
      const table = entityTables.get(node.text);
      if (table !== undefined) tables.add(table);
    }
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node)
    ) {
      for (const [, table = ''] of node.text.matchAll(/\bhub"?\."?(\w+)/g))
        if (table in OWNERS) tables.add(table);
      isPutTogether ||= /\b(?:FROM|JOIN|INTO|UPDATE|TABLE|USING)\s+"?hub"?\."?$/.test(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.tsx', source, ts.ScriptTarget.Latest, true));
  return { tables, isPutTogether };
}

const ENTITY_TABLES = entities();
const parsed = new Map<string, Named>();

/** What a file names; of most files it is clear at a glance that it is nothing. */
function named(file: string): Named {
  const known = parsed.get(file);
  if (known) return known;
  const source = read(file);
  const isSilent = !/\bhub"?\.|Entity\b/.test(source);
  const found = isSilent
    ? { tables: new Set<string>(), isPutTogether: false }
    : namedIn(source, ENTITY_TABLES);
  parsed.set(file, found);
  return found;
}

/** What each file names that another folder owns, as `file table`. */
const foreignNames = (): string[] =>
  productionFiles()
    .flatMap((file) =>
      [...named(file).tables]
        .filter((table) => OWNERS[table] !== folderOf(file))
        .map((table) => `${file} ${table}`),
    )
    .sort();

describe('the tables of the hub', () => {
  it('have an owner each', () => {
    expect(Object.keys(OWNERS)).toEqual(createdTables().sort());
    const folders = new Set(productionFiles().map(folderOf));
    expect(Object.values(OWNERS).filter((owner) => !folders.has(owner))).toEqual([]);
  });

  it('are named by their owners, and elsewhere only where there is a reason', () => {
    const allowed = EXCEPTIONS.flatMap(({ file, tables }) => tables.map((table) => `${file} ${table}`));
    // All of them are still needed: what is no longer named is no exception either.
    expect(foreignNames()).toEqual(allowed.sort());
  });

  it('are named elsewhere in fewer than eight cases', () => {
    expect(EXCEPTIONS.flatMap(({ tables }) => tables).length).toBeLessThan(8);
    expect(EXCEPTIONS.filter(({ reason }) => reason.length < 40)).toEqual([]);
  });

  it('are named in one piece', () => {
    expect(productionFiles().filter((file) => named(file).isPutTogether)).toEqual([]);
  });
});

describe('the search for names of tables', () => {
  const ENTITIES = new Map([['ConsentEntity', 'consent']]);
  const tablesOf = (source: string): string[] => [...namedIn(source, ENTITIES).tables];

  it('finds them in every kind of text', () => {
    expect(tablesOf('q(`SELECT 1 FROM hub.consent c JOIN hub.token_pair t ON true`)')).toEqual([
      'consent',
      'token_pair',
    ]);
    expect(
      tablesOf('q(`SELECT ${columns} FROM hub.token_use WHERE ${x} UNION SELECT FROM hub.instance`)'),
    ).toEqual(['token_use', 'instance']);
    expect(tablesOf(`const TABLE = 'hub.api_client'; q('DELETE FROM ' + TABLE)`)).toEqual(['api_client']);
    expect(tablesOf(`q('SELECT FROM "hub"."consent"')`)).toEqual(['consent']);
    expect(tablesOf('q(`INSERT INTO hub.consent_event (consent_id, type) VALUES ($1, $2)`)')).toEqual([
      'consent_event',
    ]);
  });

  it('finds them behind entities, unless these are mere types', () => {
    expect(tablesOf('tx.findOne(ConsentEntity, { where: { id } })')).toEqual(['consent']);
    expect(tablesOf('dataSource.getRepository<ConsentEntity>(ConsentEntity)')).toEqual(['consent']);
    expect(tablesOf(`import { ConsentEntity } from '@consent-hub/consent';`)).toEqual(['consent']);
    expect(tablesOf(`tx.createQueryBuilder('ConsentEntity', 'c')`)).toEqual(['consent']);
    expect(tablesOf(`import { type ConsentEntity } from './a.js'; let c: ConsentEntity | null;`)).toEqual([]);
    expect(tablesOf(`import type { ConsentEntity } from './a.js'; const c = a as ConsentEntity[];`)).toEqual(
      [],
    );
  });

  it('passes over comments, functions and what is no table', () => {
    expect(tablesOf('/** Rows of `hub.consent`. */ const a = 1; // hub.token_pair')).toEqual([]);
    expect(
      tablesOf('q(`SELECT hub.refresh_due($1)`); hub.consent.close(); const host = "hub.example.com";'),
    ).toEqual([]);
  });

  it('notices names that are put together', () => {
    expect(namedIn('q(`SELECT FROM hub.${table}`)', ENTITIES).isPutTogether).toBe(true);
    expect(namedIn(`q('DELETE FROM hub.' + table)`, ENTITIES).isPutTogether).toBe(true);
    expect(namedIn('q(`SELECT FROM hub.consent WHERE ${condition}`)', ENTITIES).isPutTogether).toBe(false);
  });
});
