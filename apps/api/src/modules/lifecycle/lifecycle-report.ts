import type { Counts } from './lifecycle-jobs.js';
import type { RunResult } from './lifecycle.service.js';

const barWidth = 24;
const everyMs = 1_000;

/** Says on stderr how far a job is: a bar on a terminal, else a line now and then. */
export class ProgressReport {
  private saidAtMs = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  get isOnTerminal(): boolean {
    return this.stream.isTTY;
  }

  /** @param due what a dry run counted before; nothing when nobody counted */
  show(job: string, counts: Counts, due: Counts = {}): void {
    const [rows, total] = [totalOf(counts), totalOf(due)];
    if (this.isOnTerminal) {
      this.stream.write(`\r\u001b[K${job.padEnd(16)}${barOf(rows, total)} ${rows} of ${total}`);
    } else if (performance.now() - this.saidAtMs >= everyMs) {
      this.saidAtMs = performance.now();
      this.stream.write(`${job}: ${rows} rows\n`);
    }
  }

  clear(): void {
    if (this.isOnTerminal) this.stream.write('\r\u001b[K');
  }
}

/** One line for each thing that a job did, or would do. */
export function linesOf(job: string, { counts, end }: RunResult, dryRun: boolean): string[] {
  const lines = Object.entries(counts).map(([done, rows]) => lineOf(job, done, rows, dryRun));
  if (end === 'left') return [...lines, `${job.padEnd(16)}another process is at it`];
  if (end === 'stopped') return [...lines, `${job.padEnd(16)}stopped before its end`];
  return lines.length > 0 ? lines : [`${job.padEnd(16)}nothing is due`];
}

function lineOf(job: string, done: string, rows: number, dryRun: boolean): string {
  const what = done.replaceAll('_', ' ');
  return `${job.padEnd(16)}${dryRun ? 'would be ' : ''}${what}: ${rows}`;
}

function barOf(rows: number, total: number): string {
  const filled = Math.min(barWidth, Math.round((barWidth * rows) / Math.max(1, total)));
  return `[${'#'.repeat(filled).padEnd(barWidth, '.')}]`;
}

function totalOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, rows) => sum + rows, 0);
}
