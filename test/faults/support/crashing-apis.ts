import type { Failpoint } from '../../../apps/api/src/failpoints.js';
import type { TestSystem } from '../../support/system.js';

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
    private readonly plan: readonly Failpoint[],
  ) {
    this.watches = names.map((name, index) => this.watch(name, index));
  }

  /** Lets every process live from now on. */
  async stop(): Promise<void> {
    this.off.abort();
    await Promise.all(this.watches);
  }

  private async watch(name: string, first: number): Promise<void> {
    for (let turn = first; !this.off.signal.aborted; turn += 1) {
      const at = this.plan[turn % this.plan.length] ?? '';
      // All requests come by the intent, and only one of each key by the provider.
      const hits = at.startsWith('create') ? 90 + (turn % 9) : 18 + (turn % 5);
      await this.restart(name, { FAILPOINT: `${at}:${hits}` });
      const end = await Promise.race([this.system.child(name).exited, this.stopped]);
      if (end !== 'stopped') this.crashes += 1;
    }
    await this.restart(name);
  }

  private async restart(name: string, env?: Record<string, string>): Promise<void> {
    await this.system.kill(name);
    await this.system.start(name, env);
  }
}
