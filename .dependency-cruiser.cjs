/** Who may import whom, and why. ARCHITECTURE.md says the same in prose. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
// A harness is what several specs act on.
const TESTS = '\\.(spec|harness)\\.tsx?$|^test/|/testing/';

module.exports = {
  forbidden: [
    rule('no-circular', 'A cycle is two modules pretending to be one.', {}, { circular: true }),
    rule(
      'no-cross-app',
      'The deployables share libs, never each other.',
      { path: '^apps/([^/]+)/' },
      { path: '^apps/', pathNot: '^apps/$1/' },
    ),
    rule(
      'no-cross-feature',
      'Features meet in libs; those of the hub also in its settings and in the views and validators of its API; those of the sandbox bank in its model and its machine API, since no lib may hold the beliefs of the bank. The command line and the description of the API are no features: they put them together, as the app module does.',
      {
        path: '^apps/([^/]+)/src/((?:endpoints/)?[^/]+)/',
        pathNot: '^apps/consent-hub/src/(cli|openapi)/',
      },
      {
        path: '^apps/$1/src/[^/]+/',
        pathNot:
          '^apps/$1/src/$2/|^apps/consent-hub/src/(config|http-api)/|^apps/sandbox-bank/src/(model|machine-api)/',
      },
    ),
    rule(
      'model-knows-no-feature',
      'The model is below the features.',
      { path: '^apps/sandbox-bank/src/model/', pathNot: TESTS },
      { path: '^apps/sandbox-bank/src/(?!model/)' },
    ),
    rule(
      'machine-api-knows-no-endpoint',
      'What every endpoint of the bank shares stands on the model alone.',
      { path: '^apps/sandbox-bank/src/machine-api/' },
      { path: '^apps/sandbox-bank/src/(?!(model|machine-api)/)' },
    ),
    rule(
      'psu-side-is-no-machine',
      'What a PSU or a developer calls does not speak the machine API.',
      { path: '^apps/sandbox-bank/src/(authorize|control)/' },
      { path: '^apps/sandbox-bank/src/machine-api/' },
    ),
    rule(
      'libs-below-apps',
      'A library does not know who uses it.',
      { path: '^libs/(?!testing/)' },
      { path: '^apps/' },
    ),
    rule(
      'lib-by-its-index',
      'Only index.ts is public.',
      { path: '^(apps|libs|test)/([^/]+)/' },
      { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^libs/$2/' },
    ),
    rule(
      'domain-is-plain-typescript',
      'No framework in the rules.',
      { path: '^libs/[^/]+/src/domain/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^libs/' },
    ),
    rule(
      'domain-looks-inward',
      'The domain knows the vocabulary and itself.',
      { path: '^libs/([^/]+)/src/domain/', pathNot: '\\.spec\\.ts$' },
      { path: '^(apps|libs)/', pathNot: '^libs/($1/src/domain|psd2-protocol)/' },
    ),
    rule(
      'vocabulary-imports-nothing',
      'psd2-protocol is the floor.',
      { path: '^libs/psd2-protocol/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^libs/psd2-protocol/' },
    ),
    rule(
      'platform-imports-no-lib',
      'platform sits under the rest.',
      { path: '^libs/platform/', pathNot: TESTS },
      { path: '^libs/(?!platform/)' },
    ),
    rule(
      'client-stands-alone',
      'It is published: its users install nothing of the house with it. What Node itself brings is there.',
      { path: '^libs/client/', pathNot: TESTS },
      { pathNot: '^libs/client/', dependencyTypesNot: ['core'] },
    ),
    rule(
      'bank-client-is-an-adapter',
      'It answers in our types and knows no consent.',
      { path: '^libs/bank-client/', pathNot: TESTS },
      { path: '^libs/(consent|token-grant|token-vault)/' },
    ),
    rule(
      'consent-holds-no-key',
      'The aggregate stores sealed values; it neither opens them nor calls the bank.',
      { path: '^libs/consent/', pathNot: TESTS },
      { path: '^libs/(bank-client|token-grant|token-vault)/' },
    ),
    rule(
      'grants-by-three-callers',
      'POST /token is called through token-grant, and only where another module needs a grant; what counts grants, or shows whether the bank answers, listens there, the console shows whether answers can be written and which calls failed, readiness asks whether their answers can be written, admins look into the journal and its kept answers, and keys of the vault wait until every hub has them.',
      {
        path: '^(apps|libs)/',
        pathNot: `^libs/token-grant/|^apps/consent-hub/src/(token-exchange|token-refresh|token-requests|vault-keys/|foundation\\.module|config/hub-settings|cli/|metrics/hub-|health/|front-page/bank-contact\\.recorder|console/|statistics/(refresh-tally|hub-figures|instance-runs))|${TESTS}`,
      },
      { path: '^libs/token-grant/' },
    ),
    rule(
      'grant-requests-look-inward',
      'The journal of requests stands below everything else of token-grant.',
      { path: '^libs/token-grant/src/request/', pathNot: TESTS },
      { path: '^libs/token-grant/src/(answers|grant|recovery)/' },
    ),
    rule(
      'grant-answers-know-requests-alone',
      'What is kept of an answer knows the request that it belongs to, and not what is done with it.',
      { path: '^libs/token-grant/src/answers/', pathNot: TESTS },
      { path: '^libs/token-grant/src/(grant|recovery)/' },
    ),
    rule(
      'grants-know-no-recovery',
      'A grant works alike whether or not anything is being recovered.',
      { path: '^libs/token-grant/src/grant/', pathNot: TESTS },
      { path: '^libs/token-grant/src/recovery/' },
    ),
    rule(
      'bank-never-sees-consent',
      'The simulated bank must not share our beliefs.',
      { path: '^apps/sandbox-bank/' },
      { path: '^libs/(consent|token-grant|bank-client|token-vault)/' },
    ),
    rule(
      'testing-only-in-tests',
      'Doubles stay out of production.',
      { pathNot: TESTS },
      { path: '^((apps|libs)/[^/]+|libs)/testing/' },
    ),
    rule(
      'own-migrations-only',
      'A production database holds nothing of the sandbox.',
      { path: '^(?:apps|migrations)/([^/]+)/', pathNot: TESTS },
      { path: '^migrations/', pathNot: '^migrations/$1/' },
    ),
    rule(
      'migrations-stand-alone',
      'Entities change, history must not.',
      { path: '^migrations/' },
      { path: '^(apps|libs)/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
