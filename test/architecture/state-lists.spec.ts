import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CONSENT_STATES, ENDED_STATES, LIVE_STATES, OPEN_STATUSES } from '@consent-hub/consent';
import { TOKEN_REQUEST_STATUSES } from '@consent-hub/token-grant';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const sourcesBelow = (directory: string): string[] =>
  readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .map((file) => join(directory, file))
    .filter((file) => /\.tsx?$/.test(file));

const sorted = (values: readonly string[]): string => [...values].sort().join();

/** Migrations spell lists out, since they import nothing. Each must be one of these. */
const NAMED_LISTS = new Map([
  [sorted(CONSENT_STATES), 'all states'],
  [sorted(LIVE_STATES), 'live'],
  [sorted(ENDED_STATES), 'ended'],
  [sorted(['initiated', 'authorized']), 'before the first pair'],
  [sorted(TOKEN_REQUEST_STATUSES), 'all statuses'],
  [sorted(OPEN_STATUSES), 'open'],
  [
    sorted(TOKEN_REQUEST_STATUSES.filter((status) => !OPEN_STATUSES.some((open) => open === status))),
    'settled',
  ],
  [
    sorted(TOKEN_REQUEST_STATUSES.filter((status) => status !== 'committed' && status !== 'sent')),
    'searched by status',
  ],
]);

const WORDS: readonly string[] = [...CONSENT_STATES, ...TOKEN_REQUEST_STATUSES];
const MIGRATIONS = sourcesBelow('migrations/consent-hub').map(read).join('\n');

/** Lists of states or statuses in this SQL, as they are called above. */
const listsIn = (sql: string): string[] =>
  [...sql.matchAll(/\b(?:state|status)\s+(?:NOT )?IN \(([^)]*)\)/g)]
    .map(([, list = '']) => [...list.matchAll(/'(\w+)'/g)].map(([, word = '']) => word))
    .filter((list) => list.every((word) => WORDS.includes(word)))
    .map((list) => NAMED_LISTS.get(sorted(list)) ?? list.join());

describe('lists of states in the migrations', () => {
  it('are those of the code', () => {
    const lists = listsIn(MIGRATIONS);
    expect(new Set(lists)).toEqual(
      new Set([
        'all states',
        'ended',
        'live',
        'before the first pair',
        'all statuses',
        'settled',
        'open',
        'searched by status',
      ]),
    );
  });

  it('are the live states and the open statuses where an index serves those alone', () => {
    const partial = [...MIGRATIONS.matchAll(/CREATE (?:UNIQUE )?INDEX (\w+) ON [^`]*?WHERE ([^`]*)`/g)]
      .map(([, name = '', predicate = '']) => [name, listsIn(predicate)] as const)
      .filter(([, lists]) => lists.length > 0);
    expect(Object.fromEntries(partial)).toEqual({
      consent_one_live: ['live'],
      consent_validity_due: ['live'],
      consent_reminder_due: ['live'],
      consent_accounts_due: ['live'],
      consent_accounts_refused: ['live'],
      token_request_one_open: ['open'],
      token_request_status: ['searched by status'],
    });
  });
});

/** Where a list is spelled out for TypeScript: as an array, or as one comparison after the other. */
function spelledOut(source: string): string[] {
  const found: string[] = [];
  const wordsOf = (node: ts.Expression): string[] => {
    if (ts.isParenthesizedExpression(node)) return wordsOf(node.expression);
    if (!ts.isBinaryExpression(node)) return [];
    const { kind } = node.operatorToken;
    if (kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.AmpersandAmpersandToken)
      return [...wordsOf(node.left), ...wordsOf(node.right)];
    return ts.isStringLiteralLike(node.right) ? [node.right.text] : [];
  };
  const visit = (node: ts.Node): void => {
    const words = ts.isArrayLiteralExpression(node)
      ? node.elements.filter(ts.isStringLiteralLike).map(({ text }) => text)
      : ts.isBinaryExpression(node)
        ? wordsOf(node)
        : [];
    if ([sorted(LIVE_STATES), sorted(OPEN_STATUSES)].includes(sorted([...new Set(words)])))
      found.push(words.join());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.tsx', source, ts.ScriptTarget.Latest, true));
  return found;
}

describe('live states and open statuses', () => {
  it('are defined once for TypeScript', () => {
    const writers = [...sourcesBelow('apps/consent-hub/src'), ...sourcesBelow('libs')].filter((file) => {
      if (/\.(spec|harness)\.tsx?$|\/testing\//.test(file)) return false;
      const source = read(file);
      return /'refreshed'|'in_doubt'/.test(source) && spelledOut(source).length > 0;
    });
    expect(writers).toEqual([
      'libs/consent/src/domain/consent-state.ts',
      'libs/consent/src/domain/request-status.ts',
    ]);
  });

  it('are found as an array and as comparisons', () => {
    expect(spelledOut(`const live = ['refreshed', 'active'];`)).toHaveLength(1);
    expect(spelledOut(`if (state === 'active' || state === 'refreshed') go();`)).toHaveLength(1);
    expect(
      spelledOut(`if (status !== 'sent' && status !== 'received' && status !== 'in_doubt') go();`),
    ).toHaveLength(1);
    expect(spelledOut(`const some = ['active', 'revoked']; if (state === 'active' || isNew) go();`)).toEqual(
      [],
    );
  });
});
