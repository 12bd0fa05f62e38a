import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..', '..');
/** `UPDATE hub.consent … SET …, state = …` in SQL, or the column in the query builder's `set`. */
const STATE_WRITES = [
  /UPDATE\s+hub\.consent\b(?!_)[^`;]*?\bSET\b(?:(?!\bWHERE\b|\bFROM\b)[^`;])*?\bstate\s*=/,
  /\.update\(ConsentEntity\)\s*\.set\(\{[^}]*\bstate:/,
];

describe('the state of a consent', () => {
  it('is changed in one folder', () => {
    const folders = new Set<string>();
    for (const tree of ['apps', 'libs'])
      for (const file of readdirSync(join(ROOT, tree), { recursive: true, encoding: 'utf8' })) {
        if (!/\.tsx?$/.test(file) || /\.(spec|harness)\.tsx?$|testing\//.test(file)) continue;
        const path = join(ROOT, tree, file);
        const text = readFileSync(path, 'utf8');
        if (STATE_WRITES.some((pattern) => pattern.test(text))) folders.add(dirname(relative(ROOT, path)));
      }
    expect([...folders]).toEqual(['libs/consent/src/transitions']);
  });
});
