import type { LifecycleRepository } from './lifecycle.repository.js';

const blocksAtOnce = 100;
const first = '00000000-0000-0000-0000-000000000000';

/** What became of all audit blocks. */
export interface Verification {
  blocks: number;
  rows: number;
  /** Ids of blocks that are not what was written. */
  broken: string[];
}

/** Counts the rows of every audit block, and compares its hash. */
export async function verifyBlocks(rows: LifecycleRepository): Promise<Verification> {
  const found: Verification = { blocks: 0, rows: 0, broken: [] };
  let after: string | undefined = first;
  while (after !== undefined) {
    const blocks = await rows.checkBlocks(after, blocksAtOnce);
    found.blocks += blocks.length;
    found.rows += blocks.reduce((sum, block) => sum + block.row_count, 0);
    found.broken.push(...blocks.filter(({ intact }) => !intact).map(({ id }) => id));
    after = blocks.at(-1)?.id;
  }
  return found;
}

/** For people; the process fails when a block is broken. */
export function linesOf({ blocks, rows, broken }: Verification): string[] {
  if (broken.length === 0) return [`${blocks} audit blocks with ${rows} rows are intact.`];
  process.exitCode = 1;
  return [
    ...broken.map((id) => `The audit block ${id} is not what was written.`),
    `${broken.length} of ${blocks} audit blocks are broken.`,
  ];
}
