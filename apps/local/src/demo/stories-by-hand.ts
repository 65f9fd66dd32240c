import { randomUUID } from 'node:crypto';
import type { DemoRun } from './demo-run.js';
import type { Scenario } from './scenario.js';
import { bodyOf, noteCharge, refund, refundedTo, sumOf, type Wish } from './stories.js';

/** A payment that nobody but an operator can settle; one that arrived is paid back by hand too. */
export function settledByHand(
  title: string,
  wish: Wish,
  outcome: 'completed' | 'failed',
): Scenario {
  return {
    title,
    async play(demo) {
      let id = '';
      await demo.step(`${title}: ${sumOf(wish)}`, async () => {
        const created = await demo.pay(bodyOf(wish));
        demo.expect('status', created.status, 'processing');
        noteCharge(demo, title, wish, created, 0);
        ({ id } = created);
        await settle(demo, `/transactions/${id}`, outcome);
        const payment = await demo.reached(id, outcome);
        demo.expect('status', payment.status, outcome);
        return demo.timeline(id);
      });
      if (id === '' || outcome === 'failed') return;
      await demo.step(`${title}: back by hand`, async () => {
        const made = await refund(demo, id, {});
        demo.expect('the refund', made.status, 'processing');
        await settle(demo, `/refunds/${made.id}`, 'completed');
        return refundedTo(demo, id, 'refunded', '0.00');
      });
    },
  };
}

async function settle(demo: DemoRun, path: string, outcome: string): Promise<void> {
  const evidence_reference = `bank statement, line ${randomUUID().slice(0, 8)}`;
  const reason = outcome === 'completed' ? 'It arrived in full' : 'Nothing arrived in 14 days';
  const answer = await demo.operator.settle(path, { outcome, evidence_reference, reason });
  demo.expect('the settlement', answer, { httpStatus: 200, status: outcome });
}
