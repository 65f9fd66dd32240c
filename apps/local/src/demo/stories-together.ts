import { randomUUID } from 'node:crypto';
import type { Scenario } from './scenario.js';
import { bodyOf, noteCharge, paid, sumOf, type Wish } from './stories.js';

/** The first provider can't take it, and another one does: one payment, one charge. */
export function failsOver(title: string, wish: Wish, provider: Wish['provider']): Scenario {
  return {
    title,
    play: (demo) =>
      demo.step(`${title}: ${sumOf(wish)}`, async () => {
        const payment = await paid(demo, title, wish);
        demo.expect('provider', payment.provider, provider);
        noteCharge(demo, title, { ...wish, provider }, payment, 1);
        return demo.timeline(payment.id);
      }),
  };
}

/** A request that is repeated gets the first answer; another one under its key is refused. */
export function repeats(title: string, wish: Wish): Scenario {
  return {
    title,
    async play(demo) {
      const key = `demo-${randomUUID()}`;
      await demo.step(`${title}: ${sumOf(wish)}`, async () => {
        const first = await demo.pay(bodyOf(wish), key);
        const { text } = demo.lastAnswer;
        noteCharge(demo, title, wish, first, 1);
        await demo.pay(bodyOf(wish), key);
        const { lastAnswer: second } = demo;
        demo.expect('the answer is byte for byte the same', second.text === text, true);
        demo.expect('it says that it is a replay', second.isReplay, true);
        return demo.timeline(first.id);
      });
      await demo.step(`${title}: another amount under its key`, async () => {
        const changed = { ...bodyOf(wish), amount: '8.25' };
        const { status, code, problem } = await demo.refused(demo.pay(changed, key));
        const refusal = [status, code, problem?.mismatched_fields];
        demo.expect('the refusal', refusal, [422, 'idempotency_key_reused', ['amount']]);
        return String(code);
      });
    },
  };
}
