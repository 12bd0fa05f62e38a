import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ASSUMED, ASSUMPTION_CHOICES, faultOfAssumptions, readAssumptions } from './assumptions.js';

const SOURCES = resolve(import.meta.dirname, '..', '..');
const NAMES = Object.keys(ASSUMPTION_CHOICES);

const productionText = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(?<!\.spec)\.tsx?$/.test(file))
  .map((file) => readFileSync(join(SOURCES, file), 'utf8'))
  .join('\n');

describe('the table of assumptions', () => {
  it.each(Object.entries(ASSUMPTION_CHOICES))('leaves a choice for %s, each named once', (_name, choices) => {
    expect(choices.length).toBeGreaterThanOrEqual(2);
    expect(new Set<string>(choices).size).toBe(choices.length);
  });

  it('holds nothing by which no behaviour is decided', () => {
    const isRead = (name: string): boolean => new RegExp(`assumptions\\s*\\.${name}\\b`).test(productionText);
    expect(NAMES.filter((name) => !isRead(name))).toEqual([]);
  });

  it('assumes the first choice of each', () => {
    expect(Object.entries(ASSUMED)).toEqual(
      Object.entries(ASSUMPTION_CHOICES).map(([name, [first]]) => [name, first]),
    );
  });
});

describe('a text of assumptions', () => {
  it('changes what it names and nothing else', () => {
    const text = ' sca_return=code , request_id=any,';
    expect(faultOfAssumptions(text)).toBeNull();
    expect(readAssumptions(text)).toEqual({ ...ASSUMED, sca_return: 'code', request_id: 'any' });
  });

  it('may be empty', () => {
    expect(faultOfAssumptions('')).toBeNull();
    expect(readAssumptions('')).toEqual(ASSUMED);
  });

  it.each([
    ['an unknown name', 'weather=rain', /knows no assumption weather; there are .*token_v3_scope/],
    ['a name of every object', 'constructor=x', /knows no assumption constructor/],
    ['an unknown choice', 'sca_return=pigeon', /must choose for sca_return one of sca_token, code/],
    ['a name without a choice', 'sca_return', /must choose for sca_return one of/],
    ['a name that comes twice', 'sca_return=code,sca_return=code', /names sca_return twice/],
  ])('says what is wrong with %s', (_what, text, fault) => {
    expect(faultOfAssumptions(text)).toMatch(fault);
  });
});
