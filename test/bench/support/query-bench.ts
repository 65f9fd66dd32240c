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
import { readNumbers } from './bounded-options.js';
import { quantile } from './quantile.js';

const bounds = {
  transactions: { least: 1_000, most: 2_000_000, usual: 100_000 },
  partners: { least: 3, most: 3_000, usual: 20 },
  runs: { least: 3, most: 1_000, usual: 20 },
} as const;

/** Prints the cost of every read, by one filter at a time, for a partner with half of all rows and for a small one. */
export async function benchQueries(
  args: string[],
  printer: Pick<Console, 'log' | 'table'>,
): Promise<void> {
  const { transactions, partners, runs } = readNumbers(args, bounds);
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
