import { execFileSync } from 'node:child_process';
import { Failure } from './failure.mjs';
import { ROOT } from './paths.mjs';

/** In the place of a list of files: every one. */
export const ALL = 'all';

const CODE = /\.(tsx?|mjs|cjs)$/;
/** What decides about every file at once. */
const DECIDES = {
  format: /^(\.prettierrc\.json|\.prettierignore|\.editorconfig|package-lock\.json)$/,
  lint: /^(eslint\.config\.mjs|tsconfig\.json|package-lock\.json)$/,
  // The template of the test databases is made of the migrations, whether or not a test imports them.
  tests: /^(jest\.config\.mjs|tsconfig\.json|package-lock\.json|scripts\/jest\/.*|migrations\/.*)$/,
  structure: /^(package\.json|package-lock\.json|knip\.jsonc|\.dependency-cruiser\.cjs|tsconfig\.json)$/,
};

const git = (...arguments_) =>
  execFileSync('git', arguments_, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const namesIn = (output) => output.split('\0').filter(Boolean);

/** The commit where this branch left the main one; without a main branch the last commit. */
function branchingPoint() {
  for (const main of ['origin/main', 'main']) {
    try {
      return git('merge-base', main, 'HEAD').trim();
    } catch {
      // There is no such branch here.
    }
  }
  return 'HEAD';
}

/**
 * The files that differ from the main branch, committed or not, relative to the checkout; those that were removed count, and so
 * do new ones that git does not ignore.
 *
 * @throws Failure outside of a git checkout
 */
export function changedFiles() {
  try {
    const differing = git('diff', '--name-only', '--no-renames', '-z', branchingPoint());
    const untracked = git('ls-files', '--others', '--exclude-standard', '-z');
    return [...new Set([...namesIn(differing), ...namesIn(untracked)])].sort();
  } catch (error) {
    throw new Failure(`What has changed is not known: git failed (${error.message.split('\n', 1)[0]}).`);
  }
}

/**
 * What these changes touch.
 *
 * @param changed as of `changedFiles`
 * @param exists whether a file is still there
 * @returns the files to format and to lint and those whose tests are to be run, each a list or `ALL`; and whether the rules of
 *   imports, and the list of unused files, must be checked again
 */
export function touchedBy(changed, exists) {
  const present = changed.filter(exists);
  const code = present.filter((file) => CODE.test(file));
  const allOr = (decides, files) => (changed.some((file) => decides.test(file)) ? ALL : files);
  return {
    format: allOr(DECIDES.format, present),
    lint: allOr(DECIDES.lint, code),
    tests: allOr(DECIDES.tests, code),
    structure: changed.some((file) => CODE.test(file) || DECIDES.structure.test(file)),
  };
}
