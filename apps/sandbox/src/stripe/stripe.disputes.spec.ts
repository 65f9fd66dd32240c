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

  const open = (payment: string, more = {}) =>
    sandbox.control('POST', 'disputes', { provider: 'stripe', payment_id: payment, ...more });
  const close = (id: string, outcome: string) =>
    sandbox.control('POST', 'disputes/close', { provider: 'stripe', id, outcome });

  it.each(['won', 'lost'] as const)('are opened by hand, and %s by hand', async (outcome) => {
    const { id, latest_charge: charge } = await pay('pm_card_visa');
    const { status, body } = await open(id, { amount: 400 });
    expect(status).toBe(201);
    const opened = await disputeOf('charge.dispute.created', id);
    expect(opened).toMatchObject({ ...(body as object), amount: 400, charge });
    expect(opened).toMatchObject({ status: 'needs_response', reason: 'fraudulent' });
    expect((await close(opened.id, outcome)).status).toBe(204);
    const closed = await disputeOf('charge.dispute.closed', id);
    expect(closed).toMatchObject({ id: opened.id, status: outcome });
    expect((await close(opened.id, outcome)).status).toBe(400);
  });

  it('are not opened for more than was taken, nor closed while they close themselves', async () => {
    const { id } = await pay('pm_card_visa');
    expect((await open(id, { amount: 1051 })).status).toBe(400);
    expect((await open('pi_nobody')).status).toBe(400);
    const own = await pay('pm_sandbox_dispute_won');
    sandbox.clock.advance(settleMs);
    const { id: dispute } = await disputeOf('charge.dispute.created', own.id);
    expect((await close(dispute, 'lost')).status).toBe(400);
    expect((await close('du_nobody', 'lost')).status).toBe(400);
  });

  it.each([
    ['disputes', { provider: 'paypul', payment_id: 'pi_1' }],
    ['disputes', { provider: 'stripe' }],
    ['disputes', { provider: 'stripe', payment_id: 'pi_1', amount: 0 }],
    ['disputes', { provider: 'stripe', payment_id: 'pi_1', surprise: 1 }],
    ['disputes/close', { provider: 'stripe', id: 'du_1', outcome: 'drawn' }],
  ])('are refused: %s %j', async (path, body) => {
    expect((await sandbox.control('POST', path, body)).status).toBe(400);
  });
});
