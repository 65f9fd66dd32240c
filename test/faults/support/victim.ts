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

/** For a crowded machine, where the sandbox is slow and a call that timed out leaves its payment processing. */
export const patient = {
  ...impatient,
  PROVIDER_TIMEOUT_MS: '2500',
  DRAIN_TIMEOUT_MS: '2600',
  IDEMPOTENCY_LEASE_MS: '2700',
};

/** The setting of a process that dies when work stands at each of the failpoints, in any order. */
export function armedAt(...failpoints: Failpoint[]): { FAILPOINT: string } {
  const times = new Map<Failpoint, number>();
  const named = failpoints.map((name) => {
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return `${name}:${time}`;
  });
  return { FAILPOINT: named.join(',') };
}

/** Starts a process anew that will die at the failpoints. */
export async function arm(
  system: TestSystem,
  name: string,
  ...failpoints: Failpoint[]
): Promise<void> {
  await system.kill(name);
  await system.start(name, armedAt(...failpoints));
}

/** Starts a process anew that will live. */
export async function revive(system: TestSystem, name: string): Promise<void> {
  await system.kill(name);
  await system.start(name);
}

/** Waits until the process died of its failpoints, and of nothing else. */
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

/** A request, and where the process dies of it. */
export interface Death {
  at: Failpoint;
  send: () => Promise<unknown>;
}

/**
 * Sends requests to a process that is armed at their failpoints: one after the other comes to stand at
 * its own, the process dies of the last, and nobody is answered.
 */
export async function sendAllToDeath(
  system: TestSystem,
  name: string,
  deaths: Death[],
): Promise<void> {
  const outcomes: Promise<string>[] = [];
  const held = () => Promise.resolve(heldAt(system, name));
  for (const { at, send } of deaths) {
    const outcome = send().then(
      (answer) => `answered: ${JSON.stringify(answer)}`,
      () => 'broken off',
    );
    outcomes.push(outcome);
    await until(`work held at ${at}`, held, ({ length }) => length === outcomes.length, 20_000);
  }
  await deathOf(system, name);
  expect(heldAt(system, name)).toEqual(deaths.map(({ at }) => at));
  expect(await Promise.all(outcomes)).toEqual(deaths.map(() => 'broken off'));
}

function heldAt(system: TestSystem, name: string): string[] {
  const said = system.child(name).stderrTail();
  return [...said.matchAll(/^held at (\S+)$/gm)].map(([, at = '']) => at);
}

/** Repeats a request as a client should: while it is in progress elsewhere, or nobody can answer. */
export function retry<Body>(send: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
  return until('an answer', send, ({ status }) => status !== 409, 20_000);
}
