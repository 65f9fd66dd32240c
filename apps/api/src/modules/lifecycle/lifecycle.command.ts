import { parseArgs } from 'node:util';
import { TenantDatabase } from '@libs/database';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Config } from '../../config.js';
import { armFailpoint } from '../../failpoints.js';
import { dataSourceOptions } from '../../platform/database.module.js';
import { refuseWrongLogin } from '../../platform/login-check.js';
import { linesOf as linesOfBlocks, verifyBlocks } from './audit-verification.js';
import { type LifecycleJob, lifecycleJobs } from './lifecycle-jobs.js';
import { linesOf, ProgressReport } from './lifecycle-report.js';
import { LifecycleRun } from './lifecycle-run.entity.js';
import { LifecycleRepository } from './lifecycle.repository.js';
import { LifecycleService, type RunOptions } from './lifecycle.service.js';

interface Options extends Pick<RunOptions, 'batchSize'> {
  jobs: readonly LifecycleJob[];
  dryRun: boolean;
  now: Date | undefined;
  simulate: boolean;
}

const maxBatch = 5_000;
/** With offset, as everywhere. */
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)$/;
const leftToOthers = 2;
const verify = 'verify';

const help = [
  'lifecycle <job>|all [--dry-run] [--now <RFC 3339>] [--simulate] [--batch <rows>]',
  '',
  ...lifecycleJobs.map(({ name, rule }) => `  ${name.padEnd(16)}${rule}`),
  '',
  `  ${verify.padEnd(16)}compares every audit block with its count and its hash`,
  '',
  '  --dry-run       counts what is due and changes nothing',
  '  --now           the moment that every rule is measured by; the database says it otherwise',
  '  --simulate      lets --now lie in the future; not in production',
  `  --batch         rows of one database transaction, 1 to ${maxBatch}; 1000 otherwise`,
  '',
  'Ends with 0 when all is done, 1 when something failed, 2 when another process was at a job.',
];

/** Applies the rules of what becomes of records with time. */
export const lifecycleCommand = {
  words: 'lifecycle',
  parameters: '<job>|all|verify [--dry-run] [--now <RFC 3339>]',
  about: 'Moves and deletes what its rules say; --help lists them.',
  run: async (config: Config, parameters: string[]): Promise<string[]> => {
    if (parameters.join(' ') === verify) {
      return withRows(config, async (rows) => linesOfBlocks(await verifyBlocks(rows)));
    }
    const options = readOptions(config, parameters);
    return options ? withRows(config, (rows) => runJobs(rows, options)) : help;
  },
};

function readOptions(config: Config, parameters: string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    ...{ args: parameters, allowPositionals: true },
    options: {
      'dry-run': { type: 'boolean', default: false },
      simulate: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      now: { type: 'string' },
      batch: { type: 'string', default: '1000' },
    },
  });
  if (values.help) return undefined;
  const batchSize = /^\d{1,4}$/.test(values.batch) ? Number(values.batch) : 0;
  if (batchSize < 1 || batchSize > maxBatch) {
    throw new Error(`--batch takes a whole number from 1 to ${maxBatch}.`);
  }
  if (values.simulate && config.ENVIRONMENT === 'production') {
    throw new Error('--simulate is refused in production: it would end records before their time.');
  }
  const { simulate, 'dry-run': dryRun } = values;
  return { jobs: jobsOf(positionals), dryRun, now: instantOf(values.now), simulate, batchSize };
}

function jobsOf([name, ...more]: string[]): readonly LifecycleJob[] {
  const jobs = lifecycleJobs.filter((job) => name === 'all' || name === job.name);
  if (jobs.length > 0 && more.length === 0) return jobs;
  const names = lifecycleJobs.map((job) => job.name).join(', ');
  throw new Error(`Name one job, or all: ${names}.`);
}

function instantOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = instant.test(text) ? new Date(text) : undefined;
  if (time && !Number.isNaN(time.getTime())) return time;
  throw new Error('--now takes a time like 2027-03-01T00:00:00Z.');
}

async function runJobs(rows: LifecycleRepository, options: Options): Promise<string[]> {
  const { jobs, dryRun, simulate, batchSize } = options;
  const clock = await rows.databaseTime();
  const now = options.now ?? clock;
  if (now > clock && !simulate) {
    throw new Error('--now lies in the future of the database; --simulate allows that.');
  }
  const service = new LifecycleService(rows);
  const report = new ProgressReport(process.stderr);
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const lines: string[] = [];
  for (const job of jobs) {
    const run = { now, batchSize, signal: stopping.signal };
    const ahead = report.isOnTerminal && !dryRun;
    const due = ahead ? (await service.run(job, { ...run, dryRun: true })).counts : undefined;
    const progress = (counts: Record<string, number>) => report.show(job.name, counts, due);
    const result = await service.run(job, { ...run, dryRun, progress });
    report.clear();
    if (result.end !== 'done') process.exitCode = leftToOthers;
    lines.push(...linesOf(job.name, result, dryRun));
  }
  return lines;
}

async function withRows<T>(
  config: Config,
  work: (rows: LifecycleRepository) => Promise<T>,
): Promise<T> {
  armFailpoint(config.FAILPOINT);
  const options = dataSourceOptions({ ...config, POOL_MIN: 0 }, 'worker') as DataSourceOptions;
  const dataSource = new DataSource({ ...options, entities: [LifecycleRun] });
  await dataSource.initialize().catch((error: Error & { code?: string }) => {
    throw new Error(`The database can't be used: ${error.message || error.code}.`);
  });
  try {
    await refuseWrongLogin(dataSource, 'worker');
    const runs = dataSource.getRepository(LifecycleRun);
    return await work(new LifecycleRepository(new TenantDatabase(dataSource), runs));
  } finally {
    await dataSource.destroy();
  }
}
