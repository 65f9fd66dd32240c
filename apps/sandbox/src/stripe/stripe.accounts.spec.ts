import Stripe from 'stripe';
import { connect, type RunningSandbox, runSandbox } from '../testing/running-sandbox.js';

const euSecret = 'whsec_of_eu';
const euUrl = 'http://127.0.0.1:9/webhooks/stripe/eu';

interface Row {
  account: string;
  object_id: string;
  url: string;
  headers: Record<string, string>;
  payload: string;
}

describe('two accounts of the Stripe sandbox', () => {
  let sandbox: RunningSandbox;
  let eu: Stripe;

  beforeAll(async () => {
    const account = {
      name: 'eu',
      secretKey: 'sk_test_eu',
      webhookUrl: euUrl,
      webhookSecret: euSecret,
    };
    sandbox = await runSandbox({ stripe: { accounts: [account] } });
    eu = connect(sandbox.url, 5_000, 'sk_test_eu');
    await sandbox.control('POST', 'webhooks/hold');
  });

  afterAll(() => sandbox.close());

  const pay = (stripe: Stripe, idempotencyKey: string): Promise<Stripe.PaymentIntent> =>
    stripe.paymentIntents.create(
      {
        amount: 500,
        currency: 'jpy',
        confirm: true,
        payment_method: 'pm_card_visa',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        metadata: { transaction_id: idempotencyKey },
      },
      { idempotencyKey },
    );

  it('do not share idempotency keys', async () => {
    const [one, other] = [await pay(sandbox.stripe, 'shared'), await pay(eu, 'shared')];
    expect(other.id).not.toBe(one.id);
    expect((await pay(eu, 'shared')).id).toBe(other.id);
    const { body } = await sandbox.control('GET', 'charges?transaction_id=shared');
    expect((body as { charges: unknown[] }).charges).toHaveLength(2);
  });

  it("do not know each other's payments", async () => {
    const { id } = await pay(eu, 'hidden');
    const query = "metadata['transaction_id']:'hidden'";
    const missing = { statusCode: 404, code: 'resource_missing' };
    await expect(sandbox.stripe.paymentIntents.retrieve(id)).rejects.toMatchObject(missing);
    await expect(sandbox.stripe.paymentIntents.cancel(id)).rejects.toMatchObject(missing);
    const refund = sandbox.stripe.refunds.create({ payment_intent: id });
    await expect(refund).rejects.toMatchObject({ code: 'resource_missing' });
    expect((await sandbox.stripe.paymentIntents.search({ query })).data).toEqual([]);
    const listed = await sandbox.stripe.paymentIntents.list({ limit: 100 });
    expect(listed.data.map((payment) => payment.id)).not.toContain(id);
    expect((await eu.paymentIntents.search({ query })).data).toMatchObject([{ id }]);
  });

  it('are told apart by where webhooks go and what signs them', async () => {
    const { id } = await pay(eu, 'told');
    const deadline = Date.now() + 5_000;
    let told: Row | undefined;
    while (!told && Date.now() < deadline) {
      const { body } = await sandbox.control('GET', 'webhooks?payloads=true');
      told = (body as { webhooks: Row[] }).webhooks.find(({ object_id: of }) => of === id);
    }
    expect(told).toMatchObject({ account: 'eu', url: euUrl });
    const { payload, headers } = told as Row;
    const signature = headers['stripe-signature'] ?? '';
    const event = Stripe.webhooks.constructEvent(payload, signature, euSecret);
    expect(event.type).toBe('payment_intent.succeeded');
    expect(() => Stripe.webhooks.constructEvent(payload, signature, 'whsec_of_the_specs')).toThrow(
      Stripe.errors.StripeSignatureVerificationError,
    );
  });

  it('give money back by hand, whichever has the payment', async () => {
    const { id } = await pay(eu, 'by-hand');
    const wanted = { provider: 'stripe', payment_id: id, amount: 100 };
    expect(await sandbox.control('POST', 'refunds', wanted)).toMatchObject({ status: 201 });
    expect((await eu.refunds.list({ payment_intent: id })).data).toMatchObject([{ amount: 100 }]);
  });
});

describe('the search of the Stripe sandbox', () => {
  it('lags as long as it is told to', async () => {
    const sandbox = await runSandbox({ webhooks: false, stripe: { searchLagMs: 60_000 } });
    try {
      const { id } = await sandbox.stripe.paymentIntents.create({
        amount: 500,
        currency: 'jpy',
        metadata: { transaction_id: 'lagging' },
      });
      const query = "metadata['transaction_id']:'lagging'";
      expect((await sandbox.stripe.paymentIntents.search({ query })).data).toEqual([]);
      sandbox.clock.advance(60_000);
      expect((await sandbox.stripe.paymentIntents.search({ query })).data).toMatchObject([{ id }]);
    } finally {
      await sandbox.close();
    }
  });
});
