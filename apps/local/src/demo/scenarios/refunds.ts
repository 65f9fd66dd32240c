import type { DemoRun } from '../demo-run.js';
import type { Answer, Problem, Refund } from '../partner-client.js';
import type { Scenario } from '../scenario.js';

export const refunds: Scenario = {
  title: 'A partial refund, then the rest',
  shows: 'Refunds move the payment with them, and never exceed it.',
  async play(demo) {
    const created = await demo.pay('pay 100.00 USD by card', {
      amount: '100.00',
      currency: 'USD',
      payment_method: 'card',
      payment_method_token: 'pm_card_visa',
      customer_email: 'ada@example.com',
      reference: 'demo-refunds',
    });
    demo.expect('the payment is accepted', created.status, 201);
    if (created.status !== 201) return;
    const { id } = await demo.settled(created.body.id);

    const part = await refund(demo, id, 'refund 30.00 of it', { amount: '30.00' });
    demo.expect('the refund is accepted', part.status, 201);
    await demo.reached(id, 'partially_refunded', '70.00');

    const tooMuch = await refund(demo, id, 'try to refund 80.00 more', { amount: '80.00' });
    demo.expect('more than is left is refused', tooMuch.status, 422);

    const rest = await refund(demo, id, 'refund the rest', {});
    demo.expect('the rest is 70.00', rest.body.amount, '70.00');
    await demo.reached(id, 'refunded', '0.00');
    await demo.showTimeline(id);
  },
};

function refund(
  demo: DemoRun,
  id: string,
  label: string,
  body: object,
): Promise<Answer<Refund & Problem>> {
  const reason = 'requested by the customer';
  return demo.step(label, () =>
    demo.partner.post<Refund & Problem>(`/v1/transactions/${id}/refunds`, { ...body, reason }),
  );
}
