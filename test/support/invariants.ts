import { DataSource } from 'typeorm';
import {
  type CheckOptions,
  type Finding,
  invariantsOptions,
  InvariantsService,
} from '../../apps/api/src/modules/invariants/invariants.service.js';
import type { InvariantName } from '../../apps/api/src/modules/invariants/invariant.statements.js';

/** Invariants that a test file breaks on purpose, each with the reason. */
export type BrokenOnPurpose = Partial<Record<InvariantName, string>>;

/** Checks all invariants with a login, as the worker does. */
export async function checkInvariants(
  url: string,
  now = new Date(),
  options: CheckOptions = {},
  timeoutMs = 30_000,
): Promise<Finding[]> {
  const dataSource = new DataSource(invariantsOptions(url, timeoutMs));
  await dataSource.initialize();
  try {
    return await new InvariantsService(dataSource, timeoutMs).checkAll(now, options);
  } finally {
    await dataSource.destroy();
  }
}

export function isBroken({ violations, problem }: Finding): boolean {
  return violations > 0 || problem !== null;
}

/** @throws Error that names every invariant that does not hold, but for those broken on purpose */
export async function requireInvariants(url: string, except: BrokenOnPurpose): Promise<void> {
  const broken = (await checkInvariants(url)).filter(isBroken);
  const unexpected = broken.filter(({ name }) => !except[name]);
  if (unexpected.length === 0) return;
  const lines = unexpected.map(
    ({ name, says, violations, examples, problem }) =>
      `${name} (${says}): ${problem ?? `${violations} violations, as ${examples.join(', ')}`}`,
  );
  throw new Error(`The test left invariants broken.\n${lines.join('\n')}`);
}
