import type { Rule } from '../sources.js';

const suites = '(?:aftermath|architecture|bench|contract|e2e|faults|schema|services)';
const ofASuite = new RegExp(`^test/${suites}/`);
const support = new RegExp(`^test/(?:${suites}/)?(?:factories|support|rules|run)/`);
const architecture = /^test\/architecture\/sources\.ts$/;
const otherTestName = /\.(?:test|e2e-spec|e2e|unit)\.ts$/;

/** A test is named `*.spec.ts`; what lies beside it in test/ and is none lies in a support folder. */
export const testFiles: Rule = (sources) =>
  sources.flatMap(({ path }) => {
    if (otherTestName.test(path)) return [`${path} is not named *.spec.ts, so nothing runs it`];
    if (!path.startsWith('test/') || support.test(path) || architecture.test(path)) return [];
    if (!ofASuite.test(path)) return [`${path} is in no suite of test/`];
    if (!path.endsWith('.spec.ts')) return [`${path} is no spec: it belongs in support/`];
    const isOfServices = path.endsWith('.services.spec.ts');
    return isOfServices === path.startsWith('test/services/')
      ? []
      : [`${path}: *.services.spec.ts and test/services/ belong together`];
  });
