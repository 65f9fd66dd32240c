import type { Scenario } from '../scenario.js';

export const completedPayment: Scenario = {
  title: 'A payment that completes',
  shows: 'One call: recorded before the provider is asked, charged once, settled.',
  async play(demo) {
    const created = await demo.pay('pay 10.50 USD by card', {
      amount: '10.50',
      currency: 'USD',
      payment_method: 'card',
      payment_method_token: 'pm_card_visa',
      customer_email: 'ada@example.com',
      reference: 'demo-completed',
    });
    demo.expect('the payment is accepted', created.status, 201);
    if (created.status !== 201) return;
    const payment = await demo.settled(created.body.id);
    const events = await demo.showTimeline(payment.id);
    demo.expect('it is completed', payment.status, 'completed');
    demo.expect('the amount is exact', `${payment.amount} ${payment.currency}`, '10.50 USD');
    const types = new Set(events.map((event) => event.event_type));
    demo.expect('the timeline tells of its creation', types.has('created'), true);
    demo.expect('the timeline tells of its completion', types.has('payment_completed'), true);
    demo.expect('the provider charged once', await demo.chargeCount(payment.id), 1);
  },
};
