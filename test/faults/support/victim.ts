import type { Failpoint } from '../../../apps/api/src/failpoints.js';
import type { TestSystem } from '../../support/system.js';
import { until } from '../../e2e/support/until.js';
import type { Answer } from '../../support/http.js';

/** Short enough that a test can wait for a lease to end. */
export const impatient = {
  WORKER_POLL_MS: '50',
  PROVIDER_TIMEOUT_MS: '800',
  DRAIN_TIMEOUT_MS: '900',
  IDEMPOTENCY_LEASE_MS: '1000',
};

/** Starts a process anew that will die at the failpoint. */
export async function arm(system: TestSystem, name: string, failpoint: Failpoint): Promise<void> {
  await system.kill(name);
  await system.start(name, { FAILPOINT: failpoint });
}

/** Starts a process anew that will live. */
export async function revive(system: TestSystem, name: string): Promise<void> {
  await system.kill(name);
  await system.start(name);
}

/** Waits until the process died of its failpoint, and of nothing else. */
export async function deathOf(system: TestSystem, name: string): Promise<void> {
  const { exited } = system.child(name);
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error(`${name} came by no failpoint`));
    setTimeout(fail, 15_000).unref();
  });
  expect(await Promise.race([exited, late])).toEqual({ code: null, signal: 'SIGKILL' });
}

/** Sends a request to a process that dies of it: nobody answers. */
export async function sendToDeath(
  system: TestSystem,
  name: string,
  send: () => Promise<unknown>,
): Promise<void> {
  const outcome = send().then(
    () => 'answered',
    () => 'broken off',
  );
  await deathOf(system, name);
  expect(await outcome).toBe('broken off');
}

/** Repeats a request as a client should: while it is in progress elsewhere, or nobody can answer. */
export function retry<Body>(send: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
  return until('an answer', send, ({ status }) => status !== 409, 20_000);
}
