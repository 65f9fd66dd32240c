import type { Failpoint } from '../../../apps/api/src/failpoints.js';
import type { TestSystem } from '../../support/system.js';

export interface CrashPlan {
  failpoints: readonly Failpoint[];
  /** After about so many requests a process crashes. */
  requestsToACrash: number;
  /** How often each process crashes at most. */
  crashesOfEach: number;
}

/** Processes that die at one failpoint after the other and are started again, until told to stop. */
export class CrashingApis {
  crashes = 0;
  private readonly off = new AbortController();
  private readonly stopped = new Promise<'stopped'>((resolve) => {
    this.off.signal.addEventListener('abort', () => resolve('stopped'));
  });
  private readonly watches: Promise<void>[];

  constructor(
    private readonly system: TestSystem,
    names: readonly string[],
    private readonly plan: CrashPlan,
  ) {
    this.watches = names.map((name, index) => this.watch(name, index));
  }

  /** Starts none of them again. */
  async stop(): Promise<void> {
    this.off.abort();
    await Promise.all(this.watches);
  }

  private async watch(name: string, first: number): Promise<void> {
    const { failpoints, requestsToACrash, crashesOfEach } = this.plan;
    for (let crashes = 0; !this.off.signal.aborted; crashes += 1) {
      if (crashes === crashesOfEach) return this.system.start(name);
      const at = failpoints[(first + crashes) % failpoints.length] ?? '';
      // All requests come by the intent, and only one of each key by the provider.
      const share = at.startsWith('create') ? 1 : 0.2;
      const time = Math.round(requestsToACrash * share) + (crashes % 3);
      await this.system.start(name, { FAILPOINT: `${at}:${time}` });
      const end = await Promise.race([this.system.child(name).exited, this.stopped]);
      if (end !== 'stopped') this.crashes += 1;
    }
  }
}
