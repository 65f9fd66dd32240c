import type { Failpoint } from '../../../apps/api/src/failpoints.js';
import type { TestSystem } from '../../support/system.js';
import { arm, deathOf, revive, sendToDeath } from './victim.js';

/** A process that dies at one failpoint after the other. Whoever follows it is armed with the next one already. */
export class Succession {
  private readonly left: (Failpoint | 'lives')[];
  private follower: Promise<void>;

  /** @param plan what it dies of, in this order; the last death is followed by nobody, unless by one that lives */
  constructor(
    private readonly system: TestSystem,
    private readonly name: string,
    plan: readonly (Failpoint | 'lives')[],
  ) {
    this.left = [...plan];
    this.follower = this.armNext();
  }

  /** Sends a request that the process dies of: nobody answers. */
  async die(failpoint: Failpoint, send: () => Promise<unknown>): Promise<void> {
    await this.comesTo(failpoint);
    await sendToDeath(this.system, this.name, send);
    this.follow();
  }

  /** Waits until work that it finds by itself has killed it. */
  async dieOfWork(failpoint: Failpoint): Promise<void> {
    await this.comesTo(failpoint);
    await deathOf(this.system, this.name);
    this.follow();
  }

  /** Waits for the process that follows the last death, if any does. */
  async ready(): Promise<void> {
    await this.follower;
  }

  private async comesTo(failpoint: Failpoint): Promise<void> {
    await this.follower;
    if (this.left.shift() !== failpoint)
      throw new Error(`${this.name} does not die of ${failpoint} now`);
  }

  private follow(): void {
    this.follower = this.armNext();
    // Whoever waits for it gets the error.
    this.follower.catch(() => undefined);
  }

  private async armNext(): Promise<void> {
    const [next] = this.left;
    if (next === 'lives') await revive(this.system, this.name);
    else if (next) await arm(this.system, this.name, next);
  }
}
