import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, variablesOf } from '@consent-hub/platform';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { BRAND_SETTINGS_CLASSES, readHubSettings, SETTINGS_CLASSES } from './hub-settings.js';

const CONFIGURATION = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'configuration.md');

/** A default that follows from other variables or from the machine; the table says in words from what. */
const DERIVED = /^(?!none$)[a-z ]+$/;

/** A name with `<BRAND>` in it stands for one of each brand. */
const namesForBrands = (name: string): string[] =>
  name.includes('<BRAND>') ? BRANDS.map((brand) => name.replace('<BRAND>', brand.toUpperCase())) : [name];

/** Names and defaults of the table in docs/configuration.md, without those of the sandbox bank. */
function documented(): Map<string, string> {
  const section = readFileSync(CONFIGURATION, 'utf8');
  const variables = new Map<string, string>();
  for (const line of section.split('\n').filter((one) => one.startsWith('| `'))) {
    const [, first = '', second = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const names = [...first.matchAll(/`([A-Z_0-9<>]+)`/g)].map(([, name = '']) => name);
    const defaults = second.split(', ');
    for (const [index, documentedName] of names.entries()) {
      for (const name of namesForBrands(documentedName)) {
        if (variables.has(name)) throw new Error(`${name} stands twice in the table`);
        variables.set(name, defaults[index] ?? defaults[0] ?? '');
      }
    }
  }
  return new Map([...variables].filter(([name]) => !name.startsWith('SANDBOX_')));
}

function requiredVariables(): Set<string> {
  try {
    readHubSettings({});
  } catch (error) {
    if (error instanceof EnvironmentError)
      return new Set(error.faults.map((fault) => fault.split(' ')[0] ?? ''));
    throw error;
  }
  return new Set();
}

/** Names and defaults of the classes; a default that is derived is a pattern. */
function read(): Map<string, string | RegExp> {
  const required = requiredVariables();
  const variables = [...Object.values(SETTINGS_CLASSES), ...Object.values(BRAND_SETTINGS_CLASSES)].flatMap(
    ([type, prefix]) => {
      const defaults = new type() as Record<string, string | number | undefined>;
      return variablesOf(type).map((name): [string, string | RegExp] => {
        const value = defaults[name];
        const variable = prefix + name;
        if (required.has(variable)) return [variable, 'none'];
        return [variable, value === undefined ? DERIVED : String(value)];
      });
    },
  );
  return new Map(variables);
}

describe('the table of variables in docs/configuration.md', () => {
  const table = documented();
  const variables = read();

  it('names every variable that the hub reads, and no other', () => {
    expect([...table.keys()].sort()).toEqual([...variables.keys()].sort());
  });

  it.each([...variables])('has the default of %s', (name, expected) => {
    if (expected instanceof RegExp) expect(table.get(name)).toMatch(expected);
    else expect(table.get(name)).toBe(expected);
  });
});
