import { randomUUID } from 'node:crypto';
import type { Problem } from '../partner-client.js';
import type { Scenario } from '../scenario.js';

export const idempotentReplay: Scenario = {
  title: 'The same request twice',
  shows: 'A retry with the same Idempotency-Key gets the first answer and charges nothing.',
  async play(demo) {
    const key = `demo-${randomUUID()}`;
    const body = {
      amount: '7.25',
      currency: 'GBP',
      payment_method: 'card',
      payment_method_token: 'pm_card_visa',
      customer_email: 'ada@example.com',
      reference: 'demo-replay',
    };
    const first = await demo.pay('pay 7.25 GBP', body, key);
    demo.expect('the payment is accepted', first.status, 201);
    if (first.status !== 201) return;
    const second = await demo.pay('send the same request again', body, key);
    const replayed = second.headers.get('idempotent-replayed');
    demo.expect('the answer is byte for byte the same', second.text, first.text);
    demo.expect('it says that it is a replay', replayed, 'true');

    const changed = await demo.step('send another amount under the same key', () =>
      demo.partner.post<Problem>('/v1/transactions', { ...body, amount: '8.25' }, key),
    );
    demo.expect('another body is refused', changed.status, 422);
    demo.expect('the refusal says why', changed.body.code, 'idempotency_key_reused');
    demo.expect('and which field differs', changed.body.mismatched_fields, ['amount']);

    const { id } = await demo.settled(first.body.id);
    await demo.showTimeline(id);
    demo.expect('the provider charged once', await demo.chargeCount(id), 1);
  },
};
