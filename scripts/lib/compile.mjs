import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Failure } from './failure.mjs';
import { ROOT } from './paths.mjs';

const DIST = path.join(ROOT, 'dist');
/** What the apps are made of, and where it lies in dist: the same path. */
const SOURCES = ['apps', 'libs', 'migrations', 'docs', 'ormconfig.ts', 'ormconfig.sandbox-bank.ts'];
/** One for tests alone, one that is built and published by itself. */
const NOT_OF_THE_APPS = /^libs\/(testing|client)\//;
const OF_TESTS = /^(apps|libs)\/[^/]+\/(?!src\/)|\.(spec|harness)\.tsx?$/;
/** The hub serves them: its documentation. */
const DOCUMENTS = /^docs\/.*\.(md|webp)$|^libs\/client\/README\.md$/;
/** Taken over as they are. */
const COPIED = /\.(json|md|webp)$/;
const ABREAST = 8;

function* filesOf(relative) {
  const entry = path.join(ROOT, relative);
  if (!fs.existsSync(entry)) return;
  if (!fs.statSync(entry).isDirectory()) return yield relative;
  for (const name of fs.readdirSync(entry).sort()) yield* filesOf(path.posix.join(relative, name));
}

/** Every file that the apps are built from, relative to the checkout; tests are no part of a build. */
export const sourceFiles = () =>
  SOURCES.flatMap((entry) => [...filesOf(entry)]).filter(
    (file) =>
      DOCUMENTS.test(file) ||
      (/\.(tsx?|json)$/.test(file) && !OF_TESTS.test(file) && !NOT_OF_THE_APPS.test(file)),
  );

/** As tsconfig.json has it, by which the types are checked. */
function optionsFor(file, { target, paths, jsxImportSource }) {
  const tsx = file.endsWith('.tsx');
  return {
    swcrc: false,
    configFile: false,
    cwd: ROOT,
    filename: path.join(ROOT, file),
    sourceFileName: path.relative(path.dirname(path.join(DIST, file)), path.join(ROOT, file)),
    sourceMaps: true,
    inlineSourcesContent: false,
    module: { type: 'nodenext', resolveFully: true },
    jsc: {
      target: target.toLowerCase(),
      baseUrl: ROOT,
      paths,
      parser: { syntax: 'typescript', decorators: true, tsx },
      // Node imports JSON with its attribute alone.
      experimental: { keepImportAttributes: true },
      transform: {
        legacyDecorator: true,
        decoratorMetadata: true,
        useDefineForClassFields: true,
        ...(tsx && { react: { runtime: 'automatic', importSource: jsxImportSource } }),
      },
    },
  };
}

async function compileFile(swc, file, compilerOptions) {
  const output = path.join(DIST, file.replace(/\.tsx?$/, '.js'));
  fs.mkdirSync(path.dirname(output), { recursive: true });
  if (COPIED.test(file)) {
    fs.copyFileSync(path.join(ROOT, file), output);
    return [output];
  }
  const source = fs.readFileSync(path.join(ROOT, file), 'utf8');
  const { code, map } = await swc.transform(source, optionsFor(file, compilerOptions)).catch((error) => {
    // What follows is a stack of the compiler.
    const [reason] = error.message.split(/\s*Caused by:/);
    throw new Failure(`${file} could not be compiled:\n${reason}`);
  });
  fs.writeFileSync(output, `${code}//# sourceMappingURL=${path.basename(output)}.map\n`);
  fs.writeFileSync(`${output}.map`, map);
  return [output, `${output}.map`];
}

/** What an earlier build left of a source that is gone. */
function removeOthers(written) {
  for (const entry of SOURCES) {
    for (const file of filesOf(path.posix.join('dist', entry.replace(/\.ts$/, '.js')))) {
      if (!written.has(path.join(ROOT, file))) fs.rmSync(path.join(ROOT, file));
    }
  }
}

/**
 * Compiles both apps, and what they use of the libraries, into dist. Types are stripped unchecked: `npm run typecheck` checks
 * them.
 *
 * @param signal ends it between two files
 * @throws Failure with the compiler's own words when a file cannot be parsed
 */
export async function compileApps({ signal } = {}) {
  // Not installed yet when this module is loaded.
  const swc = createRequire(import.meta.url)('@swc/core');
  const { compilerOptions } = JSON.parse(fs.readFileSync(path.join(ROOT, 'tsconfig.json'), 'utf8'));
  const files = sourceFiles();
  const written = new Set();
  const compileRest = async () => {
    for (let file = files.pop(); file !== undefined; file = files.pop()) {
      signal?.throwIfAborted();
      for (const output of await compileFile(swc, file, compilerOptions)) written.add(output);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, compileRest));
  removeOthers(written);
}
