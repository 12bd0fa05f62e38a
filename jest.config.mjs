const base = {
  // One cache of transformed files for all tiers: they transform alike.
  id: 'consent-hub',
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'cjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.local'],
  transform: { '\\.(tsx?|js|mjs)$': '<rootDir>/scripts/jest/transform.cjs' },
  transformIgnorePatterns: ['/node_modules/.*\\.cjs$'],
  resolver: '<rootDir>/scripts/jest/resolver.cjs',
  moduleNameMapper: { '^@consent-hub/([^/]+)$': '<rootDir>/libs/$1/src/index.ts' },
  setupFiles: ['reflect-metadata', '<rootDir>/scripts/jest/quiet-logs.mjs'],
};
// Tiers by file suffix and folder: what each may touch is in CONTRIBUTING.md.
const withDatabase = {
  globalSetup: '<rootDir>/scripts/jest/database-setup.mjs',
  globalTeardown: '<rootDir>/scripts/jest/database-teardown.mjs',
};
const withHostileDatabase = {
  ...withDatabase,
  globalSetup: '<rootDir>/scripts/jest/integration-setup.mjs',
  setupFiles: [...base.setupFiles, '<rootDir>/scripts/jest/hostile-database.mjs'],
};
const withBuild = { ...withDatabase, globalSetup: '<rootDir>/scripts/jest/build-setup.mjs' };
const withProxy = { globalSetup: '<rootDir>/scripts/jest/stack-setup.mjs' };
const withPromtool = { ...withDatabase, globalSetup: '<rootDir>/scripts/jest/promtool-setup.mjs' };
const withBrowser = { ...withDatabase, globalSetup: '<rootDir>/scripts/jest/browser-setup.mjs' };
// Servers of another distribution, and an hour of time: `npm run chaos` alone runs what is in its folder `long`.
const CHAOS = process.env.CHAOS_FORM === 'long' ? 'test/chaos/.*' : 'test/chaos/(?!long/).*';
const tier = (displayName, testRegex, extra = {}) => ({ ...base, ...extra, displayName, testRegex });

export default {
  // More than the two cores of a small machine: some tests wait for a time to pass.
  maxWorkers: 3,
  // Those that set up much say how long they may take; for the others a busy machine must be no failure.
  testTimeout: 30_000,
  projects: [
    tier('unit', '((apps|libs)/.*(?<!\\.integration)\\.spec\\.tsx?|scripts/.*\\.spec\\.mjs)$'),
    tier('integration', '(apps|libs)/.*\\.integration\\.spec\\.tsx?$', withHostileDatabase),
    tier('architecture', 'test/architecture/.*\\.spec\\.ts$'),
    tier('contract', 'test/contract/.*\\.spec\\.ts$', withDatabase),
    tier('e2e', 'test/e2e/.*\\.spec\\.ts$', withPromtool),
    tier('browser', 'test/browser/.*\\.spec\\.ts$', withBrowser),
    tier('chaos', `${CHAOS}\\.spec\\.ts$`, withBuild),
    tier('stack', 'test/stack/.*\\.spec\\.ts$', withProxy),
  ],
};
