import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '..', '..');
const CRUISER = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');

/** An import of one file that names another, or a package. */
interface Import {
  readonly from: string;
  readonly names: string;
  /** The file that the import leads to, where it is one of the skeleton. */
  readonly to?: string;
}
interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: string;
}

const lib = (name: string): string => `libs/${name}/src/index.ts`;
const byAlias = (from: string, name: string): Import => ({
  from,
  names: `@consent-hub/${name}`,
  to: lib(name),
});

/** For each rule an import that it alone forbids. */
const FORBIDDEN: Record<string, Import> = {
  'no-circular': { from: 'libs/eidas/src/chicken.ts', names: './egg.js', to: 'libs/eidas/src/egg.ts' },
  'no-cross-app': {
    from: 'apps/consent-hub/src/consent-query/nosy.ts',
    names: '../../../sandbox-bank/src/endpoints/token/token.service.js',
    to: 'apps/sandbox-bank/src/endpoints/token/token.service.ts',
  },
  'no-cross-feature': {
    from: 'apps/consent-hub/src/consent-query/neighbour.ts',
    names: '../consent-opening/consent-opening.service.js',
    to: 'apps/consent-hub/src/consent-opening/consent-opening.service.ts',
  },
  'model-knows-no-feature': {
    from: 'apps/sandbox-bank/src/model/upwards.ts',
    names: '../app.module.js',
    to: 'apps/sandbox-bank/src/app.module.ts',
  },
  'machine-api-knows-no-endpoint': {
    from: 'apps/sandbox-bank/src/machine-api/upwards.ts',
    names: '../app.module.js',
    to: 'apps/sandbox-bank/src/app.module.ts',
  },
  'psu-side-is-no-machine': {
    from: 'apps/sandbox-bank/src/authorize/machine.ts',
    names: '../machine-api/caller.guard.js',
    to: 'apps/sandbox-bank/src/machine-api/caller.guard.ts',
  },
  'libs-below-apps': {
    from: 'libs/eidas/src/upwards.ts',
    names: '../../../apps/consent-hub/src/consent-opening/consent-opening.service.js',
    to: 'apps/consent-hub/src/consent-opening/consent-opening.service.ts',
  },
  'lib-by-its-index': {
    from: 'apps/consent-hub/src/consent-opening/back-door.ts',
    names: '../../../../libs/eidas/src/private.js',
    to: 'libs/eidas/src/private.ts',
  },
  'domain-is-plain-typescript': { from: 'libs/consent/src/domain/framework.ts', names: 'typeorm' },
  'domain-looks-inward': byAlias('libs/consent/src/domain/outward.ts', 'platform'),
  'vocabulary-imports-nothing': { from: 'libs/psd2-protocol/src/heavy.ts', names: 'class-validator' },
  'platform-imports-no-lib': byAlias('libs/platform/src/upwards.ts', 'eidas'),
  'client-stands-alone': byAlias('libs/client/src/believer.ts', 'psd2-protocol'),
  'bank-client-is-an-adapter': byAlias('libs/bank-client/src/believer.ts', 'consent'),
  'consent-holds-no-key': byAlias('libs/consent/src/opener.ts', 'token-vault'),
  'grants-by-three-callers': byAlias('apps/consent-hub/src/access-token/fourth-caller.ts', 'token-grant'),
  'grant-requests-look-inward': {
    from: 'libs/token-grant/src/request/upwards.ts',
    names: '../answers/spool.js',
    to: 'libs/token-grant/src/answers/spool.ts',
  },
  'grant-answers-know-requests-alone': {
    from: 'libs/token-grant/src/answers/upwards.ts',
    names: '../grant/token-call.js',
    to: 'libs/token-grant/src/grant/token-call.ts',
  },
  'grants-know-no-recovery': {
    from: 'libs/token-grant/src/grant/upwards.ts',
    names: '../recovery/recovery.job.js',
    to: 'libs/token-grant/src/recovery/recovery.job.ts',
  },
  'bank-never-sees-consent': byAlias('apps/sandbox-bank/src/endpoints/token/believer.ts', 'consent'),
  'testing-only-in-tests': byAlias('libs/eidas/src/double.ts', 'testing'),
  'own-migrations-only': {
    from: 'apps/consent-hub/src/sandbox-schema.ts',
    names: '../../../migrations/sandbox-bank/index.js',
    to: 'migrations/sandbox-bank/index.ts',
  },
  'migrations-stand-alone': byAlias('migrations/consent-hub/1-with-entity.ts', 'platform'),
};

/** What the rules must still allow. */
const ALLOWED: Import[] = [
  byAlias('apps/consent-hub/src/token-refresh/token-refresh.service.ts', 'token-grant'),
  byAlias('apps/consent-hub/src/metrics/hub-metrics.service.ts', 'token-grant'),
  byAlias('apps/consent-hub/src/statistics/refresh-tally.recorder.ts', 'token-grant'),
  byAlias('apps/consent-hub/src/token-requests/token-requests.service.ts', 'token-grant'),
  byAlias('apps/consent-hub/src/access-token/access-token.service.ts', 'consent'),
  {
    from: 'apps/consent-hub/src/access-token/access-token.controller.ts',
    names: '../http-api/consent.view.js',
    to: 'apps/consent-hub/src/http-api/consent.view.ts',
  },
  byAlias('apps/consent-hub/src/access-token/access-token.spec.ts', 'testing'),
  byAlias('libs/token-grant/src/settle.ts', 'token-vault'),
  byAlias('libs/consent/src/domain/transitions.ts', 'psd2-protocol'),
  byAlias('apps/consent-hub/src/statistics/hub-figures.query.ts', 'token-grant'),
  {
    from: 'apps/sandbox-bank/src/bootstrap.ts',
    names: '../../../migrations/sandbox-bank/index.js',
    to: 'migrations/sandbox-bank/index.ts',
  },
  {
    from: 'apps/sandbox-bank/src/endpoints/token/refresh-grant.ts',
    names: '../../model/consents/token.repository.js',
    to: 'apps/sandbox-bank/src/model/consents/token.repository.ts',
  },
  {
    from: 'apps/consent-hub/src/main.ts',
    names: './token-refresh/token-refresh.service.js',
    to: 'apps/consent-hub/src/token-refresh/token-refresh.service.ts',
  },
];

/** Writes a tree in which these imports stand, and nothing else. */
async function plant(root: string, imports: Import[]): Promise<void> {
  const files = new Map<string, string>();
  for (const { to } of imports) if (to) files.set(to, 'export const value = 1;\n');
  for (const { from, names } of imports) files.set(from, `export * from '${names}';\n`);
  // The other half of the circle.
  files.set('libs/eidas/src/egg.ts', `import { value } from './chicken.js';\nexport const twice = value;\n`);
  for (const [file, text] of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  for (const config of ['tsconfig.json', '.dependency-cruiser.cjs', 'package.json']) {
    await writeFile(join(root, config), await readFile(join(ROOT, config)));
  }
}

async function cruise(root: string): Promise<Violation[]> {
  const arguments_ = [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'apps',
    'libs',
    'migrations',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [CRUISER, ...arguments_], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: unknown) => {
    // The exit code counts the violations; what it printed is what we came for.
    if (
      error instanceof Error &&
      'stdout' in error &&
      typeof error.stdout === 'string' &&
      error.stdout !== ''
    ) {
      return { stdout: error.stdout };
    }
    throw error;
  });
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; to: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, to, rule }) => ({ from, to, rule: rule.name }));
}

async function ruleNames(): Promise<string[]> {
  const config = (await import(join(ROOT, '.dependency-cruiser.cjs'))) as { forbidden: { name: string }[] };
  return config.forbidden.map((rule) => rule.name);
}

describe('the boundaries', () => {
  let root: string;
  let violations: Violation[];
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'consent-hub-boundaries-'));
    await plant(root, [...Object.values(FORBIDDEN), ...ALLOWED]);
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    violations = await cruise(root);
  }, 60_000);
  afterAll(() => rm(root, { recursive: true, force: true }));

  const rulesBroken = ({ from, to, names }: Import): string[] =>
    violations
      .filter(
        (violation) => violation.from === from && (to ? violation.to === to : violation.to.includes(names)),
      )
      .map((violation) => violation.rule);

  it('have a planted violation for every rule, so that no rule is there that catches nothing', async () => {
    expect(Object.keys(FORBIDDEN).sort()).toEqual((await ruleNames()).sort());
  });

  it.each(Object.entries(FORBIDDEN))('%s catches what it alone forbids', (rule, planted) => {
    expect(rulesBroken(planted)).toEqual([rule]);
  });

  it.each(ALLOWED)('let $from import $names', (planted) => {
    expect(rulesBroken(planted)).toEqual([]);
  });

  it('find nothing that was not planted', () => {
    const planted = new Set(Object.values(FORBIDDEN).map((violation) => violation.from));
    // A circle is found from both of its ends.
    const others = violations.filter(({ from }) => !planted.has(from) && from !== 'libs/eidas/src/egg.ts');
    expect(others).toEqual([]);
  });
});
