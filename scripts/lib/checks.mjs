import fs from 'node:fs';
import path from 'node:path';
import { checkAdvisories } from './advisories.mjs';
import { ALL, touchedBy } from './changed.mjs';
import { runNode, runNpm } from './commands.mjs';
import { describeError } from './failure.mjs';
import { ROOT } from './paths.mjs';

/** Each of them keeps one core busy. */
const ABREAST = 2;

const script = (title, name) => ({
  title,
  run: () => runNpm(['run', '--silent', name], { what: title }),
});
const program = (title, main, arguments_) => ({
  title,
  run: () => runNode([path.join('node_modules', main), ...arguments_], { what: title }),
});

// The longest first: the others run at the same time.
const LINT = script('Lint (eslint)', 'lint');
const TYPES = script('Types (tsc)', 'typecheck');
const FORMAT = script('Format (prettier)', 'format:check');
const STRUCTURE = [
  script('Boundaries (dependency-cruiser)', 'boundaries'),
  script('Unused code (knip)', 'unused'),
];

/** Says so where the registry gives no advisories; then nothing is compared. */
const ADVISORIES = {
  title: 'Advisories (npm audit)',
  run: () => checkAdvisories(),
};

/** Every check of the sources. */
export const CHECKS = [LINT, TYPES, FORMAT, ...STRUCTURE, ADVISORIES];

const some = (files, all, few) => (files === ALL ? [all] : files.length > 0 ? [few(files)] : []);

/** The checks that these changed files touch; the types always, for they reach from file to file. */
export function checksFor(changed) {
  const { lint, format, structure } = touchedBy(changed, (file) => fs.existsSync(path.join(ROOT, file)));
  return [
    ...some(lint, LINT, (files) =>
      program(LINT.title, 'eslint/bin/eslint.js', ['--max-warnings', '0', '--no-warn-ignored', ...files]),
    ),
    TYPES,
    ...some(format, FORMAT, (files) =>
      program(FORMAT.title, 'prettier/bin/prettier.cjs', [
        '--check',
        '--ignore-unknown',
        '--log-level',
        'warn',
        ...files,
      ]),
    ),
    ...(structure ? STRUCTURE : []),
  ];
}

/**
 * Runs checks two at a time, and prints how long each took; after a failure none is begun.
 *
 * @returns how many failed; what they said stands on stderr
 */
export async function runChecks(checks) {
  const waiting = [...checks];
  let failed = 0;
  const runRest = async () => {
    for (let check = waiting.shift(); check; check = failed === 0 ? waiting.shift() : undefined) {
      const since = performance.now();
      const took = () => `${((performance.now() - since) / 1000).toFixed(1)} s`;
      try {
        await check.run();
        console.log(`${check.title} ... ${took()}`);
      } catch (error) {
        failed += 1;
        console.log(`${check.title} ... failed after ${took()}`);
        console.error(describeError(error));
      }
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, runRest));
  return failed;
}
