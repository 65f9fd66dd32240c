import { type LoggedPlan, parsePlans, type PlanNode } from './plan-log.js';
import { faultsOf, rowsExamined } from './plan-rules.js';
import { filtersWithoutSample, readCases } from './read-cases.js';

const bounds = { rows: 100, sorted: 50 };
const big = new Set(['transactions']);

function logged(plan: PlanNode): LoggedPlan {
  return { role: 'payments_api', query: 'SELECT', milliseconds: 1, plan };
}

function scan(changes: Partial<PlanNode>): PlanNode {
  return {
    'Node Type': 'Index Scan',
    'Relation Name': 'transactions',
    'Actual Rows': 21,
    'Actual Loops': 1,
    ...changes,
  };
}

describe('a plan', () => {
  it('is without fault when an index leads to the rows of the page', () => {
    expect(faultsOf(logged(scan({})), big, bounds)).toEqual([]);
  });

  it('is at fault when it reads a big table as a whole, not a small one', () => {
    const whole = scan({ 'Node Type': 'Seq Scan' });
    expect(faultsOf(logged(whole), big, bounds)).toEqual(['reads all of transactions']);
    expect(faultsOf(logged(whole), new Set(), bounds)).toEqual([]);
  });

  it('is at fault when it looks at too many rows, thrown away ones and loops included', () => {
    const filtered = scan({ 'Rows Removed by Filter': 40, 'Actual Loops': 2 });
    expect(rowsExamined(filtered)).toBe(122);
    expect(faultsOf(logged(filtered), big, bounds)).toEqual(['looks at 122 rows']);
  });

  it('is at fault when it sorts too many rows', () => {
    const sort = { 'Node Type': 'Sort', Plans: [scan({ 'Actual Rows': 60 })] };
    expect(faultsOf(logged(sort), big, bounds)).toEqual(['sorts 60 rows']);
  });
});

describe('the log of plans', () => {
  const json =
    '\t{\n\t  "Query Text": "SELECT 1",\n\t  "Plan": {\n\t    "Node Type": "Result"\n\t  }\n\t}\n';
  const entry = `payments_api LOG:  duration: 0.25 ms  plan:\n${json}`;
  const others = `postgres LOG:  duration: 1.00 ms  plan:\n${json}[unknown] LOG:  ready\n`;

  it('gives the plans of the application, and leaves what is still being written', () => {
    const { plans, end } = parsePlans(others + entry + entry.slice(0, -5));
    const plan = { 'Node Type': 'Result' };
    expect(plans).toEqual([{ role: 'payments_api', query: 'SELECT 1', milliseconds: 0.25, plan }]);
    expect(end).toBe((others + entry).length);
  });
});

describe('the reads of an API', () => {
  const parameters = ['limit', 'cursor', 'colour', 'size'].map((name) => ({
    name,
    in: 'query',
    schema: name === 'colour' ? { enum: ['red', 'blue'] } : {},
  }));
  const document = {
    paths: { '/v1/boxes': { get: { operationId: 'listBoxes', parameters } }, '/v1/box': {} },
  };

  it('are tried with every label and sample, alone and in pairs', () => {
    const cases = readCases(document, { filters: { size: ['size=1'] }, ids: {} });
    expect(cases.map(({ query }) => query)).toEqual([
      ...['', 'colour=red', 'colour=blue', 'size=1'],
      ...['colour=red&size=1', 'colour=blue&size=1'],
    ]);
  });

  it('are told when a filter has no sample', () => {
    expect(filtersWithoutSample(document, { filters: {}, ids: {} })).toEqual(['listBoxes size']);
  });
});
