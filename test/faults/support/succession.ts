import type { Failpoint } from '../../../apps/api/src/failpoints.js';
import type { TestSystem } from '../../support/system.js';
import { arm, deathOf, revive, sendToDeath } from './victim.js';

/** A process that dies at one failpoint after the other. Whoever follows it is armed with the next one already. */
export class Succession {
  private readonly left: (Failpoint | 'lives')[];
  private follower: Promise<void>;
  /** What the process that runs now is to die of; nothing while none runs. */
  private armed: Failpoint | undefined;

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

  /** Offers work that it finds by itself, and waits until that has killed it. */
  async dieOfWork(failpoint: Failpoint, offer: () => Promise<unknown>): Promise<void> {
    await this.comesTo(failpoint);
    await offer();
    await deathOf(this.system, this.name);
    this.follow();
  }

  /** Waits for the process that follows the last death, if any does. */
  async ready(): Promise<void> {
    await this.follower;
  }

  /** Where tests were left out, or failed, it is armed anew. */
  private async comesTo(failpoint: Failpoint): Promise<void> {
    await this.follower;
    this.left.splice(0, this.left.indexOf(failpoint) + 1);
    if (this.armed !== failpoint) await arm(this.system, this.name, failpoint);
    this.armed = failpoint;
  }

  private follow(): void {
    this.follower = this.armNext();
    // Whoever waits for it gets the error.
    this.follower.catch(() => undefined);
  }

  private async armNext(): Promise<void> {
    const [next] = this.left;
    this.armed = undefined;
    if (next === 'lives') return revive(this.system, this.name);
    if (next) await arm(this.system, this.name, next);
    this.armed = next;
  }
}
