// The rooms of the house and who may enter which. test/architecture/boundaries.spec.ts plants a
// violation of every rule and fails when the rule stays silent.

const groundFloor = ['audit', 'catalog', 'events', 'health', 'idempotency', 'reviews'];

/** Which modules of the API each module stands on. A new module gets its line here. */
const floors = {
  operations: ['callbacks', 'refunds', 'transactions', 'deliveries', 'partners', ...groundFloor],
  callbacks: ['refunds', 'transactions', 'partners', ...groundFloor],
  refunds: ['transactions', 'partners', ...groundFloor],
  transactions: ['partners', ...groundFloor],
  deliveries: ['refunds', 'transactions', 'partners'],
  partners: groundFloor,
  backups: [],
  invariants: [],
  lifecycle: [],
  monitoring: [],
  ...Object.fromEntries(groundFloor.map((name) => [name, []])),
};

const modules = '^apps/api/src/modules';
const moduleIndex = `${modules}/[^/]+/index\\.ts$`;
const ownCode = '^(apps|libs|migrations)/';
const specs = '\\.spec\\.ts$';
const contractSuite = '^libs/providers/src/contract/';
const sandboxTesting = '^apps/sandbox/src/testing/';

function forbid(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to };
}

const floorRules = Object.entries(floors).map(([name, below]) =>
  forbid(
    `floor-of-${name}`,
    `${name} stands on ${below.join(', ') || 'no module'} only.`,
    { path: `${modules}/${name}/` },
    { path: `${modules}/`, pathNot: `${modules}/(${[name, ...below].join('|')})/` },
  ),
);

const moduleRules = [
  ...floorRules,
  forbid(
    'module-has-a-floor',
    'A module that no line of `floors` names uses no other module and is used by none.',
    { path: `${modules}/`, pathNot: `${modules}/(${Object.keys(floors).join('|')})/` },
    { path: '.' },
  ),
  forbid(
    'module-entered-through-index',
    'A module enters another one through its index.ts.',
    { path: `${modules}/([^/]+)/` },
    { path: `${modules}/`, pathNot: [`${modules}/$1/`, moduleIndex] },
  ),
  forbid(
    'application-enters-through-index',
    'The application, too, enters a module through its index.ts.',
    { path: '^apps/', pathNot: `${modules}/` },
    { path: `${modules}/`, pathNot: moduleIndex },
  ),
  forbid(
    'entities-stay-inside',
    'Entities never leave their module: its index.ts does not know them.',
    { path: moduleIndex },
    { path: '\\.entity\\.ts$' },
  ),
  forbid(
    'modules-do-not-know-their-application',
    'app.module.ts and the entries list the modules; no module knows them.',
    { path: `${modules}/`, pathNot: specs },
    { path: '^apps/api/src/(main|api|worker|command|[^/]+\\.module)\\.ts$' },
  ),
];

const appRules = [
  forbid(
    'api-knows-no-other-app',
    'The API stands on libs alone.',
    { path: '^apps/api/' },
    { path: '^(apps/(?!api/)|migrations/)' },
  ),
  forbid(
    'sandbox-uses-only-money',
    'The sandbox shares nothing with the API but libs/money.',
    { path: '^apps/sandbox/' },
    { path: ownCode, pathNot: '^(apps/sandbox|libs/money)/' },
  ),
  forbid(
    'local-uses-only-migrations',
    'The launcher starts the others as processes and imports only migrations; the demo is a partner.',
    { path: '^apps/local/' },
    { path: ownCode, pathNot: '^(apps/local|migrations|libs/client)/' },
  ),
  forbid(
    'migrations-know-no-app',
    'Migrations outlive the code of every app.',
    { path: '^migrations/' },
    { path: '^apps/' },
  ),
];

const libraryRules = [
  forbid(
    'libs-know-no-app',
    'Libs stand below everything.',
    { path: '^libs/' },
    { path: '^(apps|migrations)/' },
  ),
  forbid(
    'library-entered-through-index',
    'A library is entered through its src/index.ts.',
    { path: '^(?:apps|libs|migrations)/([^/]+)' },
    { path: '^libs/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
  ),
  forbid(
    'money-is-pure',
    'Amounts know nothing but themselves.',
    { path: '^libs/money/', pathNot: specs },
    {
      path: '.',
      pathNot: ['^libs/money/', '^node_modules/big\\.js/', '^node_modules/@types/big\\.js/'],
    },
  ),
  forbid(
    'webhooks-are-pure',
    'Signing and verifying need cryptography and nothing else.',
    { path: '^libs/webhooks/', pathNot: specs },
    { path: '.', pathNot: ['^libs/webhooks/', '^(node:)?crypto$', '^(node:)?buffer$'] },
  ),
  forbid(
    'client-stands-alone',
    'Partners install the client: it needs Node and the verification of webhooks, and no package.',
    { path: '^libs/client/', pathNot: specs },
    { path: '.', pathNot: ['^libs/(client|webhooks)/', '^(node:)?timers/promises$'] },
  ),
  forbid(
    'providers-know-no-framework',
    'A provider is a value with a few functions: no Nest, no database.',
    { path: '^libs/providers/' },
    { path: '(^|/)node_modules/(@nestjs|typeorm|pg)/' },
  ),
  forbid(
    'providers-know-no-sibling',
    'A provider is one folder that no other provider knows.',
    { path: '^libs/providers/src/([^/]+)/', pathNot: contractSuite },
    { path: '^libs/providers/src/[^/]+/', pathNot: ['^libs/providers/src/$1/', contractSuite] },
  ),
  forbid(
    'contract-suite-is-for-specs',
    'The contract suite runs in tests alone.',
    { path: ownCode, pathNot: [specs, contractSuite] },
    { path: contractSuite },
  ),
  forbid(
    'sandbox-testing-is-for-specs',
    'What runs a sandbox in its specs is no part of it.',
    { path: ownCode, pathNot: [specs, sandboxTesting] },
    { path: sandboxTesting },
  ),
];

const generalRules = [
  forbid('no-circular', 'A circle has no floor.', {}, { circular: true }),
  forbid('no-import-of-specs', 'A spec is no library.', {}, { path: specs }),
  forbid(
    'product-knows-no-test',
    'Product code does not import from test/.',
    { path: ownCode, pathNot: [specs, contractSuite] },
    { path: '^test/' },
  ),
  forbid(
    'product-needs-no-dev-dependency',
    'What runs in production is a dependency; only the launcher and tests use the others.',
    {
      path: '^(apps/(api|sandbox)|libs|migrations)/',
      pathNot: [specs, contractSuite, sandboxTesting],
    },
    { dependencyTypes: ['npm-dev'], pathNot: '/@types/' },
  ),
  forbid(
    'no-unlisted-package',
    'Every package that is imported is listed in package.json.',
    {},
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  forbid('no-unresolvable', 'Every import finds its file.', {}, { couldNotResolve: true }),
];

export default {
  forbidden: [...moduleRules, ...appRules, ...libraryRules, ...generalRules],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|^\\.local/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types', 'require'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
