import { fileURLToPath } from 'node:url';

const rootDir = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const minuteMs = 60_000;

const arrangement = {
  rootDir,
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: { '^.+\\.(ts|[mc]?js)$': '<rootDir>/test/esm-to-cjs.cjs' },
  transformIgnorePatterns: [],
  moduleNameMapper: { '^@libs/([^/]+)$': '<rootDir>/libs/$1/src/index.ts' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.local/'],
  resolver: '<rootDir>/test/resolver.cjs',
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
};

const withSystem = {
  globalSetup: '<rootDir>/test/run/global-setup.mjs',
  globalTeardown: '<rootDir>/test/run/global-teardown.mjs',
};

const withSchema = {
  globalSetup: '<rootDir>/test/run/schema-setup.mjs',
  globalTeardown: '<rootDir>/test/run/schema-teardown.mjs',
};

function project(displayName, testMatch, options = {}) {
  return {
    ...arrangement,
    displayName,
    testMatch: testMatch.map((glob) => `<rootDir>/${glob}`),
    ...options,
  };
}

const elsewhere = ['\\.services\\.spec\\.ts$', '\\.contract\\.spec\\.ts$'];

const projects = [
  project('unit', ['{apps,libs,migrations}/**/*.spec.ts', 'test/support/**/*.spec.ts'], {
    testPathIgnorePatterns: ['/node_modules/', ...elsewhere],
  }),
  project('architecture', ['test/architecture/**/*.spec.ts']),
  project('schema', ['test/schema/**/*.spec.ts'], withSchema),
  project('contract', ['{apps,libs}/**/*.contract.spec.ts', 'test/contract/**/*.spec.ts']),
  project('e2e', ['test/{e2e,faults}/**/*.spec.ts'], withSystem),
  project('aftermath', ['test/aftermath/**/*.spec.ts']),
  project('services', ['test/services/**/*.services.spec.ts'], withSystem),
  project('installed', ['test/services/{redis,swagger}.services.spec.ts'], withSystem),
];

export default {
  rootDir,
  projects,
  // Many tests wait for timeouts and processes: one more than the two cores keeps these busy.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/run/sequencer.cjs',
  testTimeout: minuteMs,
  watchman: false,
};
