import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config.js';
import { lifecycleJobs } from './lifecycle-jobs.js';
import { lifecycleCommand } from './lifecycle.command.js';

const config = { ENVIRONMENT: 'production' } as Config;

const page = join(import.meta.dirname, '../../../../../docs/lifecycle.md');

describe('the jobs of the life cycle', () => {
  it('are documented by name and rule', () => {
    const rows = readFileSync(page, 'utf8')
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()));
    const documented = rows.filter(([, job = '']) => /^`[a-z-]+`$/.test(job));
    expect(documented.map(([, job, rule]) => [job, rule])).toEqual(
      lifecycleJobs.map(({ name, rule }) => [`\`${name}\``, rule]),
    );
  });
});

describe('the command of the life cycle', () => {
  it.each([
    ['no job', [], /^Name one job, or all: partitions, events/],
    ['two jobs', ['events', 'deliveries'], /^Name one job/],
    ['a time without offset', ['events', '--now', '2026-01-01T00:00:00'], /^--now takes a time/],
    ['a day that is none', ['events', '--now', '2026-13-01T00:00:00Z'], /^--now takes a time/],
    ['an empty batch', ['events', '--batch', '0'], /^--batch takes a whole number from 1 to 5000/],
    ['a large batch', ['events', '--batch', '5001'], /^--batch takes/],
    ['a simulation in production', ['all', '--simulate'], /^--simulate is refused in production/],
    ['an unknown option', ['all', '--force'], /--force/],
  ])('refuses %s before it looks at the database', async (_what, words, sentence) => {
    const ran = async () => lifecycleCommand.run(config, words);
    await expect(ran()).rejects.toThrow(sentence);
  });
});
