import type { Scenario } from '../scenario.js';

export const declinedPayment: Scenario = {
  title: 'A payment that the bank declines',
  shows: 'A decline is a result, not an error: 201, with the reason in our words.',
  async play(demo) {
    const created = await demo.pay('pay 25.00 EUR with a card without funds', {
      amount: '25.00',
      currency: 'EUR',
      payment_method: 'card',
      payment_method_token: 'pm_card_visa_chargeDeclinedInsufficientFunds',
      customer_email: 'ada@example.com',
      reference: 'demo-declined',
    });
    demo.expect('the request is accepted', created.status, 201);
    if (created.status !== 201) return;
    const payment = await demo.settled(created.body.id);
    const events = await demo.showTimeline(payment.id);
    demo.expect('the payment failed', payment.status, 'failed');
    demo.expect('the reason is known', payment.decline_code, 'insufficient_funds');
    const types = new Set(events.map((event) => event.event_type));
    demo.expect('the timeline tells of the failure', types.has('payment_failed'), true);
    demo.expect('no money moved', await demo.chargeCount(payment.id), 0);
  },
};
