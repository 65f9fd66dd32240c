import { docstrings } from './rules/docstrings.js';
import { fileRoles } from './rules/file-roles.js';
import { lengths } from './rules/lengths.js';
import { names } from './rules/names.js';
import { testExpectations } from './rules/test-expectations.js';
import { testFiles } from './rules/test-files.js';
import { readSources, type Rule } from './sources.js';

const project = readSources();

/** What the rule says about a planted file. */
function complaintsAbout(rule: Rule, path: string, text = ''): string[] {
  return rule([{ path, text }]);
}

const transactions = 'apps/api/src/modules/transactions';

describe('the roles of files', () => {
  it('hold for the whole project', () => {
    expect(fileRoles(project)).toEqual([]);
  });

  it.each([
    `${transactions}/transactions.facade.ts`,
    `${transactions}/charge.ts`,
    `${transactions}/dto/transaction.dto.ts`,
    `${transactions}/Transactions.service.ts`,
    'libs/database/src/utils.ts',
    'libs/common/src/index.ts',
    'libs/money/src/amount-helper.ts',
    'apps/api/src/shared/clock.ts',
    'libs/money/src/amountFormat.ts',
  ])('are missed by %s', (path) => {
    expect(complaintsAbout(fileRoles, path)).toHaveLength(1);
  });

  it.each([
    `${transactions}/transactions.service.ts`,
    `${transactions}/transaction.machine.spec.ts`,
    `${transactions}/index.ts`,
    'migrations/1700000000000-create-partners.ts',
  ])('are kept by %s', (path) => {
    expect(complaintsAbout(fileRoles, path)).toEqual([]);
  });
});

describe('the names of test files', () => {
  it('hold for the whole project', () => {
    expect(testFiles(project)).toEqual([]);
  });

  it.each([
    'libs/money/src/amount.test.ts',
    'test/e2e/refunds.ts',
    'test/other/refunds.spec.ts',
    'test/refunds.spec.ts',
    'test/e2e/cache.services.spec.ts',
    'test/services/cache.spec.ts',
  ])('are missed by %s', (path) => {
    expect(complaintsAbout(testFiles, path)).toHaveLength(1);
  });

  it.each(['test/e2e/refunds.spec.ts', 'test/support/http.ts', 'test/schema/support/roles.ts'])(
    'are kept by %s',
    (path) => {
      expect(complaintsAbout(testFiles, path)).toEqual([]);
    },
  );
});

describe('the names of types and functions', () => {
  it('hold for the whole project', () => {
    expect(names(project)).toEqual([]);
  });

  it.each([
    'export interface IPartner { id: string }',
    'export class PartnerManager {}',
    'export class BaseService {}',
    'export class PartnersServiceImpl {}',
    'export function processPayment() {}',
    'export class Payments { handle() {} }',
  ])('are missed by: %s', (text) => {
    expect(complaintsAbout(names, 'libs/money/src/probe.ts', text)).toHaveLength(1);
  });

  it.each([
    'export interface Invoice { id: string }',
    'export function processing() {}',
    'export class Throttler extends Guard { protected override handleRequest() {} }',
  ])('are kept by: %s', (text) => {
    expect(complaintsAbout(names, 'libs/money/src/probe.ts', text)).toEqual([]);
  });
});

describe('the lengths of files and functions', () => {
  const lines = (count: number) => 'work();\n'.repeat(count);
  const path = 'test/e2e/probe.spec.ts';

  it('hold for the whole project', () => {
    expect(lengths(project)).toEqual([]);
  });

  it.each([
    ['a file of 251 lines', lines(251)],
    ['a function of 51 lines', `function long() {\n${lines(49)}}\n`],
    ['a test of 51 lines', `it('is long', () => {\n${lines(49)}});\n`],
  ])('are missed by %s', (_what, text) => {
    expect(complaintsAbout(lengths, path, text)).toHaveLength(1);
  });

  it.each([
    ['a file of 250 lines', lines(250)],
    ['a function of 50 lines', `function long() {\n${lines(48)}}\n`],
    ['a describe of 60 lines', `describe('x', () => {\nit('y z', () => {});\n${lines(57)}});\n`],
  ])('are kept by %s', (_what, text) => {
    expect(complaintsAbout(lengths, path, text)).toEqual([]);
  });
});

describe('the expectations of tests', () => {
  const path = 'test/e2e/probe.spec.ts';

  it('hold for the whole project', () => {
    expect(testExpectations(project)).toEqual([]);
  });

  it.each([
    "it('charges the card', async () => { await charge(); });",
    "it.each([1, 2])('charges %s cards', (n) => { charge(n); });",
    "it.skip('charges the card', () => { expect(1).toBe(1); });",
    "describe.only('charges', () => {});",
    "it('charge', () => { expect(1).toBe(1); });",
  ])('are missed by: %s', (text) => {
    expect(complaintsAbout(testExpectations, path, text)).toHaveLength(1);
  });

  it.each([
    "it('charges the card', () => { expect(charge()).toBe(1); });",
    "it('charges any amount', () => { fc.assert(fc.property(fc.nat(), isPaid)); });",
    "it('refuses it', async () => { await expectProblem(charge(), 422); });",
  ])('are kept by: %s', (text) => {
    expect(complaintsAbout(testExpectations, path, text)).toEqual([]);
  });
});

describe('the docstrings of libraries', () => {
  it('hold for the whole project', () => {
    expect(docstrings(project)).toEqual([]);
  });

  it.each([
    ['a function', 'export function add() {}'],
    ['a value', 'export const sum = 1;'],
    ['a type', 'export interface Sum { total: string }'],
  ])('are missed by %s', (_what, text) => {
    const index = { path: 'libs/sums/src/index.ts', text: "export * from './sum.js';" };
    const sum = { path: 'libs/sums/src/sum.ts', text };
    expect(docstrings([index, sum])).toHaveLength(1);
    expect(docstrings([index, { ...sum, text: `/** Says what. */\n${text}` }])).toEqual([]);
  });

  it('are asked of the exported names alone', () => {
    const index = { path: 'libs/sums/src/index.ts', text: "export { add } from './sum.js';" };
    const text = '/** Adds. */\nexport function add() {}\nexport function inner() {}';
    expect(docstrings([index, { path: 'libs/sums/src/sum.ts', text }])).toEqual([]);
  });

  it('are asked of the port of the providers', () => {
    const text = 'export interface PaymentProvider { code: string }';
    expect(complaintsAbout(docstrings, 'libs/providers/src/port.ts', text)).toHaveLength(1);
  });
});
