import type Stripe from 'stripe';
import { type RunningSandbox, runSandbox, settleMs } from '../testing/running-sandbox.js';

describe('disputes of the Stripe sandbox', () => {
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    sandbox = await runSandbox();
  });

  afterAll(() => sandbox.close());

  const pay = async (token: string): Promise<Stripe.PaymentIntent> =>
    sandbox.stripe.paymentIntents.create({
      amount: 1050,
      currency: 'usd',
      confirm: true,
      payment_method: token,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });

  const disputeOf = async (type: string, payment: string): Promise<Stripe.Dispute> => {
    const deadline = Date.now() + 5_000;
    while (Date.now() < deadline) {
      const objects = sandbox.events
        .filter((event) => event.type === type)
        .map(({ data }) => data.object);
      const found = (objects as Stripe.Dispute[]).find(({ payment_intent: of }) => of === payment);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`${type} of ${payment} did not come`);
  };

  it.each([
    ['pm_card_createDispute', 'fraudulent', 'needs_response'],
    ['pm_card_createDisputeProductNotReceived', 'product_not_received', 'needs_response'],
    ['pm_card_createDisputeInquiry', 'fraudulent', 'warning_needs_response'],
  ])('%s is disputed after it succeeded', async (token, reason, status) => {
    const { id, status: paid, latest_charge: charge } = await pay(token);
    expect(paid).toBe('succeeded');
    sandbox.clock.advance(settleMs);
    const dispute = await disputeOf('charge.dispute.created', id);
    expect(dispute).toMatchObject({ amount: 1050, currency: 'usd', charge, reason, status });
    expect(await sandbox.stripe.charges.retrieve(charge as string)).toMatchObject({
      disputed: true,
    });
  });

  it('a charge that was taken back is not refunded, one that is only asked about is', async () => {
    const taken = await pay('pm_card_createDispute');
    const asked = await pay('pm_card_createDisputeInquiry');
    sandbox.clock.advance(settleMs);
    await disputeOf('charge.dispute.funds_withdrawn', taken.id);
    await disputeOf('charge.dispute.created', asked.id);
    const refused = sandbox.stripe.refunds.create({ payment_intent: taken.id });
    await expect(refused).rejects.toMatchObject({ code: 'charge_disputed' });
    const refund = await sandbox.stripe.refunds.create({ payment_intent: asked.id });
    expect(refund.status).toBe('succeeded');
  });

  it.each(['won', 'lost'] as const)('pm_sandbox_dispute_%s closes so', async (end) => {
    const { id } = await pay(`pm_sandbox_dispute_${end}`);
    sandbox.clock.advance(settleMs);
    const opened = await disputeOf('charge.dispute.created', id);
    sandbox.clock.advance(settleMs);
    const closed = await disputeOf('charge.dispute.closed', id);
    expect(closed).toMatchObject({ id: opened.id, status: end });
    if (end === 'won') await disputeOf('charge.dispute.funds_reinstated', id);
  });
});
