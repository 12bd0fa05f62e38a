import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { BRAND_NAMES, BRANDS, SANDBOX_PORTS, type Brand } from '@consent-hub/psd2-protocol';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '..', '..');
const IS_TEST = /\.(spec|harness)\.tsx?$|^libs\/testing\/|\/testing\/|\/README\.md$/;

/** All that is written for a brand: the last is a file of the brand's own. ARCHITECTURE.md lists the same. */
const FILES_OF_A_BRAND = (brand: Brand): string[] => [
  'libs/psd2-protocol/src/brands.json',
  'libs/client/src/wire.ts',
  'apps/sandbox-bank/src/model/brands.ts',
  'docker-compose.yml',
  `apps/sandbox-bank/src/model/accounts/customers/${brand}.json`,
];

const filesBelow = (...directories: string[]): string[] =>
  directories.flatMap((directory) =>
    readdirSync(join(ROOT, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
  );
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const productionFiles = (): string[] => [
  ...filesBelow('apps', 'libs', 'migrations', 'scripts').filter((file) => !IS_TEST.test(file)),
  ...readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(yml|ts|mjs)$|^Dockerfile$/.test(entry.name))
    .map(({ name }) => name),
];

/** A text that is the brand, has it in quotes or as a part of a path or a variable's name, or has its name as a word. */
const namedBy = (brand: Brand): RegExp =>
  new RegExp(
    [
      `^${brand}$`,
      `['"\`]${brand}['"\`]`,
      `/${brand}(?![\\w.-])`,
      `_${brand.toUpperCase()}_`,
      `\\b${BRAND_NAMES[brand]}\\b`,
    ].join('|'),
  );

const keyOf = (node: ts.Node): string | undefined => {
  const isMember =
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isBindingElement(node);
  return isMember && ts.isIdentifier(node.name) ? node.name.text : undefined;
};

/** Whether code knows the brand: by a text, by a property of it, or by a list of properties, one for each of several brands. */
function namesBrand(node: ts.Node, brand: Brand): boolean {
  if (ts.isStringLiteralLike(node) || ts.isJsxText(node) || ts.isTemplateLiteralToken(node))
    return namedBy(brand).test(node.text);
  // What holds a value for each brand is named in the plural; the one `example` of a schema is not of a brand of this name.
  if (
    ts.isPropertyAccessExpression(node) &&
    node.name.text === brand &&
    /s$/i.test(node.expression.getText())
  )
    return true;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  const keys = children.map(keyOf);
  const isListOfBrands = keys.includes(brand) && BRANDS.filter((each) => keys.includes(each)).length > 1;
  return isListOfBrands || children.some((child) => namesBrand(child, brand));
}

/** Comments of code may name a brand; a file without code is checked as a whole. */
function brandsIn(file: string, text: string): Brand[] {
  if (!/\.(tsx?|m?js)$/.test(file)) return BRANDS.filter((brand) => namedBy(brand).test(text));
  const inAnyForm = BRANDS.filter((brand) => new RegExp(`${brand}|${BRAND_NAMES[brand]}`, 'i').test(text));
  if (inAnyForm.length === 0) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return inAnyForm.filter((brand) => namesBrand(source, brand));
}

const [ONE, OTHER] = BRANDS as readonly [Brand, Brand];

describe('the list of brands', () => {
  it.each(BRANDS)('gives %s an id that fits variables, paths and the database, and a name', (brand) => {
    expect(brand).toMatch(/^[a-z][a-z0-9]{1,31}$/);
    expect(BRAND_NAMES[brand]).not.toBe('');
  });

  it('gives every brand a port of its own', () => {
    expect(new Set(Object.values(SANDBOX_PORTS)).size).toBe(BRANDS.length);
  });

  it('is one of the five files at most that name a brand, each of which names every brand', () => {
    const files = productionFiles();
    for (const brand of BRANDS) {
      const [own, ...shared] = FILES_OF_A_BRAND(brand).reverse();
      expect(files).toContain(own);
      const naming = files.filter((file) => brandsIn(file, read(file)).includes(brand));
      expect([brand, ...naming.sort()]).toEqual([brand, ...shared.sort()]);
    }
  });

  it('is the one of the published client', () => {
    const [, union = ''] = /export type Brand = ([^;]+);/.exec(read('libs/client/src/wire.ts')) ?? [];
    expect([...union.matchAll(/'(\w+)'/g)].map(([, brand]) => brand)).toEqual(BRANDS);
  });

  it.each(BRANDS)('has %s reached by the hubs of docker-compose.yml, and published', (brand) => {
    const port = SANDBOX_PORTS[brand];
    const compose = read('docker-compose.yml');
    expect(compose).toContain(`BANK_${brand.toUpperCase()}_API_URL: https://sandbox-bank:${port}\n`);
    expect(compose).toContain(`'127.0.0.1:${port}:${port}'`);
  });

  it('is not repeated by the schema: every column of a brand takes any that could be in the list', () => {
    const checks = filesBelow('migrations').flatMap((file) =>
      [...read(file).matchAll(/CHECK \(brand [^\n]*/g)].map(([check]) => check.replace(/,$/, '')),
    );
    expect(checks.length).toBeGreaterThan(5);
    expect(new Set(checks)).toEqual(new Set(["CHECK (brand ~ '^[a-z][a-z0-9]{1,31}$')"]));
  });
});

describe('code that knows a brand', () => {
  it.each([
    `if (brand === '${ONE}') return;`,
    `const ports = { ${ONE}: 1, ${OTHER}: 2 };`,
    `const { ${ONE}, ${OTHER} } = banks;`,
    `class Banks { ${ONE}: Bank; ${OTHER}: Bank; }`,
    `interface Banks { ${ONE}: Bank; ${OTHER}: Bank }`,
    `use(banks.${ONE});`,
    `use(env['BANK_${ONE.toUpperCase()}_API_URL']);`,
    'const url = `${hub}/callback/' + ONE + '?state=${state}`;',
    "query(`CHECK (brand IN ('" + ONE + "'))`);",
    `const title = 'Consents at ${BRAND_NAMES[ONE]}';`,
    `const page = <p>{BRAND_LIST} ${BRAND_NAMES[ONE]}</p>;`,
  ])('is found: %s', (code) => {
    expect(brandsIn('planted.tsx', code)).toContain(ONE);
  });

  it.each([
    `// Of ${BRAND_NAMES[ONE]}.`,
    `const type = 'application/vnd.${ONE}.api+json; version=3';`,
    `const property = { type: String, ${ONE}: 'anything' };`,
    `use(property.${ONE});`,
  ])('is not taken for what happens to have its name: %s', (code) => {
    expect(brandsIn('planted.tsx', code)).toEqual([]);
  });
});
