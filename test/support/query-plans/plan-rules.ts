import type { LoggedPlan, PlanNode } from './plan-log.js';

/** What one statement may cost. */
export interface PlanBounds {
  /** Rows that it may look at. */
  rows: number;
  /** Rows that it may sort. */
  sorted: number;
}

/** All nodes of a plan, from the top. */
export function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

function rowsOf(node: PlanNode): number {
  return (node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 0);
}

/** Rows that a plan took from tables, those included that it threw away. */
export function rowsExamined(plan: PlanNode): number {
  const scans = nodesOf(plan).filter(
    (node) => node['Relation Name'] !== undefined && !writes(node),
  );
  const perScan = scans.map((node) => {
    const thrownAway =
      (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
    return rowsOf(node) + thrownAway * (node['Actual Loops'] ?? 0);
  });
  return Math.round(perScan.reduce((sum, rows) => sum + rows, 0));
}

function writes(node: PlanNode): boolean {
  return node['Node Type'] === 'ModifyTable' || node['Node Type'] === 'LockRows';
}

/** The indexes that a plan went through. */
export function indexesOf(plan: PlanNode): string[] {
  const names = nodesOf(plan).flatMap((node) => node['Index Name'] ?? []);
  return [...new Set(names)].toSorted();
}

/** Pages of 8 kB that a plan touched. */
export function buffersOf(plan: PlanNode): number {
  return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
}

/** What is wrong with a plan: nothing, when indexes lead it to the rows that it needs. */
export function faultsOf(
  { plan }: LoggedPlan,
  bigTables: Set<string>,
  bounds: PlanBounds,
): string[] {
  const nodes = nodesOf(plan);
  const scanned = nodes
    .filter((node) => node['Node Type'] === 'Seq Scan' && rowsExamined({ ...node, Plans: [] }) > 0)
    .map((node) => node['Relation Name'] ?? '')
    .filter((table) => bigTables.has(table))
    .map((table) => `reads all of ${table}`);
  const sorted = nodes
    .filter((node) => node['Node Type'] === 'Sort' || node['Node Type'] === 'Incremental Sort')
    .map((node) => Math.max(0, ...(node.Plans ?? []).map(rowsOf)))
    .filter((rows) => rows > bounds.sorted)
    .map((rows) => `sorts ${rows} rows`);
  const examined = rowsExamined(plan);
  return [...scanned, ...sorted, ...(examined > bounds.rows ? [`looks at ${examined} rows`] : [])];
}
