import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import type { Config } from '../../config.js';
import { refuseWrongLogin } from '../../platform/login-check.js';
import { type Finding, invariantsOptions, InvariantsService } from './invariants.service.js';

const width = { name: 5, says: 61, checked: 12, violations: 11 };
const rule = '─'.repeat(Object.values(width).reduce((sum, each) => sum + each));

/** Prints a table of all invariants; the process fails when one of them does not hold. */
export const invariantsCommand = {
  words: 'invariants',
  parameters: '[--at <RFC 3339>]',
  about: 'Checks everything that must always hold, and fails when something does not.',
  run: async (config: Config, parameters: string[]): Promise<string[]> => {
    const findings = await checkOnce(config, readMoment(parameters));
    const broken = findings.filter(({ violations, problem }) => violations > 0 || problem);
    if (broken.length > 0) process.exitCode = 1;
    const verdict =
      broken.length === 0
        ? `All ${findings.length} invariants hold.`
        : `${broken.length} of ${findings.length} invariants do not hold.`;
    return [...tableOf(findings), ...broken.map(explain), verdict];
  },
};

/** A restored database is looked at as of the moment that it was restored to. */
function readMoment(parameters: string[]): Date {
  const { values } = parseArgs({ args: parameters, options: { at: { type: 'string' } } });
  const moment = values.at === undefined ? new Date() : new Date(values.at);
  if (Number.isNaN(moment.getTime())) throw new Error('--at must be a moment in RFC 3339.');
  return moment;
}

async function checkOnce(config: Config, now: Date): Promise<Finding[]> {
  const timeoutMs = config.INVARIANTS_TIMEOUT_MS;
  const dataSource = new DataSource(invariantsOptions(config.WORKER_DATABASE_URL, timeoutMs));
  await dataSource.initialize().catch((error: Error & { code?: string }) => {
    throw new Error(`The database can't be used: ${error.message || error.code}.`);
  });
  try {
    await refuseWrongLogin(dataSource, 'worker');
    return await new InvariantsService(dataSource, timeoutMs).checkAll(now);
  } finally {
    await dataSource.destroy();
  }
}

function tableOf(findings: Finding[]): string[] {
  const head = row('name', 'what it says', 'rows checked', 'violations');
  return [head, rule, ...findings.map(lineOf), rule];
}

function lineOf({ name, says, checked, violations, problem }: Finding): string {
  return row(name, says, String(checked), problem ? 'failed' : String(violations));
}

function row(name: string, says: string, checked: string, violations: string): string {
  const left = name.padEnd(width.name) + says.padEnd(width.says);
  return left + checked.padStart(width.checked) + violations.padStart(width.violations);
}

function explain({ name, examples, problem }: Finding): string {
  return `${name}  ${problem ?? `for example ${examples.join(', ')}`}`;
}
