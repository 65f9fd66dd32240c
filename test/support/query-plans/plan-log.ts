import * as fs from 'node:fs';

/** A node of a plan, as far as it is looked at. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  Plans?: PlanNode[];
}

/** A statement that ran, with its plan. */
export interface LoggedPlan {
  role: string;
  query: string;
  milliseconds: number;
  plan: PlanNode;
}

/** Settings of a server that logs the plan of every statement, nested ones too, once it is told to. */
export const planLogSettings = {
  shared_preload_libraries: 'pg_stat_statements,auto_explain',
  log_line_prefix: '%u ',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
};

/** Given to `ALTER SYSTEM`, followed by a reload. */
export const startLogging = 'ALTER SYSTEM SET auto_explain.log_min_duration = 0';

const entry =
  /^(payments_\S+) LOG: {2}duration: ([\d.]+) ms {2}plan:\n(\t\{\n(?:\t .*\n)*\t\}\n)/gm;

/** The plans in a piece of PostgreSQL's log, of the application's own logins, and where the last one ends. */
export function parsePlans(log: string): { plans: LoggedPlan[]; end: number } {
  const entries = [...log.matchAll(entry)];
  const plans = entries.map(([, role = '', milliseconds, json = '']) => {
    const logged = JSON.parse(json) as { 'Query Text': string; Plan: PlanNode };
    return {
      role,
      query: logged['Query Text'],
      milliseconds: Number(milliseconds),
      plan: logged.Plan,
    };
  });
  const last = entries.at(-1);
  return { plans, end: last ? last.index + last[0].length : 0 };
}

/** Reads a growing log piece by piece. */
export class PlanLog {
  private offset = 0;

  constructor(private readonly file: string) {}

  /** The plans since the last call. */
  read(): LoggedPlan[] {
    const descriptor = fs.openSync(this.file, 'r');
    try {
      const size = fs.fstatSync(descriptor).size - this.offset;
      const bytes = Buffer.alloc(size);
      fs.readSync(descriptor, bytes, 0, size, this.offset);
      const text = bytes.toString();
      const { plans, end } = parsePlans(text);
      this.offset += Buffer.byteLength(text.slice(0, end));
      return plans;
    } finally {
      fs.closeSync(descriptor);
    }
  }
}
