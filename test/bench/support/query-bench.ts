import { parseArgs } from 'node:util';
import { call } from '../../support/http.js';
import {
  type MeasuredPartner,
  type MeasuredSystem,
  startMeasuredSystem,
} from '../../support/query-plans/measured-system.js';
import type { LoggedPlan } from '../../support/query-plans/plan-log.js';
import { buffersOf, indexesOf, rowsExamined } from '../../support/query-plans/plan-rules.js';
import {
  type ReadableApi,
  type ReadCase,
  readCases,
} from '../../support/query-plans/read-cases.js';
import { samplesOf } from '../../support/query-plans/samples.js';

const bounds = {
  transactions: [1_000, 2_000_000],
  partners: [3, 3_000],
  runs: [3, 1_000],
} as const;

/** Prints the cost of every read, by one filter at a time, for a partner with half of all rows and for a small one. */
export async function benchQueries(
  args: string[],
  printer: Pick<Console, 'log' | 'table'>,
): Promise<void> {
  const { transactions, partners, runs } = readOptions(args);
  printer.log(`${transactions} payments of ${partners} partners, ${runs} runs of each query`);
  const system = await startMeasuredSystem(transactions, partners);
  try {
    const document = await call<ReadableApi>(system, 'GET', '/docs/openapi.json', { key: null });
    for (const size of ['big', 'small'] as const) {
      const partner = system[size];
      const samples = await samplesOf(system.superuser, partner);
      const cases = readCases(document.body, samples).filter(({ isPair }) => !isPair);
      const rows: Measured[] = [];
      for (const one of cases) rows.push(await measure(system, partner, one, runs));
      printer.log(`\nthe ${size} partner`);
      printer.table(Object.fromEntries(rows.map(({ query, ...rest }) => [query, rest])));
    }
  } finally {
    await system.stop();
  }
}

interface Measured {
  query: string;
  rows: number;
  'median ms': number;
  'p95 ms': number;
  'HTTP ms': number;
  examined: number;
  buffers: number;
  indexes: string;
}

async function measure(
  system: MeasuredSystem,
  { key }: MeasuredPartner,
  one: ReadCase,
  runs: number,
): Promise<Measured> {
  const times: number[] = [];
  const requestTimes: number[] = [];
  let plans: LoggedPlan[] = [];
  let rows = 0;
  for (let run = 0; run < runs; run++) {
    system.readPlans();
    const startedAt = performance.now();
    const { body } = await call<{ data?: unknown[] }>(system, 'GET', `${one.path}?${one.query}`, {
      key,
    });
    requestTimes.push(performance.now() - startedAt);
    rows = body.data?.length ?? 1;
    plans = system.readPlans().filter(({ query }) => /\bSELECT\b[^]*\bFROM\b/.test(query));
    times.push(Math.max(0, ...plans.map(({ milliseconds }) => milliseconds)));
  }
  const own = plans.map(({ plan }) => plan);
  const indexes = own.flatMap(indexesOf).filter((name) => !/pkey|_key$/.test(name));
  return {
    query: one.name,
    rows,
    'median ms': quantile(times, 0.5),
    'p95 ms': quantile(times, 0.95),
    'HTTP ms': quantile(requestTimes, 0.5),
    examined: Math.max(0, ...own.map(rowsExamined)),
    buffers: Math.max(0, ...own.map(buffersOf)),
    indexes: [...new Set(indexes)].join(' '),
  };
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return Math.round(value * 100) / 100;
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      transactions: { type: 'string', default: '100000' },
      partners: { type: 'string', default: '20' },
      runs: { type: 'string', default: '20' },
    },
  });
  const bounded = (name: keyof typeof bounds) => {
    const [least, most] = bounds[name];
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Error(`--${name} must be a whole number from ${least} to ${most}`);
  };
  return {
    transactions: bounded('transactions'),
    partners: bounded('partners'),
    runs: bounded('runs'),
  };
}
