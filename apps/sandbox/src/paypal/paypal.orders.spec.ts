import { captureOf, type RunningPaypal, runPaypal, vaulted } from '../testing/running-paypal.js';
import { settleMs } from '../testing/running-sandbox.js';

describe('orders of the PayPal sandbox', () => {
  let paypal: RunningPaypal;

  beforeAll(async () => {
    paypal = await runPaypal();
  });

  afterAll(() => paypal.close());

  it('are paid at once with a vaulted card', async () => {
    const ids = { custom_id: 'paid', invoice_id: 'paid.1' };
    const unit = { ...ids, description: 'A chair' };
    const order = await paypal.order('paid', vaulted('visa'), unit);
    expect(order).toMatchObject({
      status: 201,
      body: {
        status: 'COMPLETED',
        intent: 'CAPTURE',
        payment_source: { card: { brand: 'VISA' } },
        purchase_units: [
          {
            ...unit,
            reference_id: 'default',
            payments: {
              captures: [{ status: 'COMPLETED', amount: { value: '10.50' }, ...ids }],
            },
          },
        ],
      },
    });
    const { id } = order.body;
    expect((await paypal.call('GET', `/v2/checkout/orders/${id}`)).body).toEqual(order.body);
    const capture = await paypal.call('GET', `/v2/payments/captures/${captureOf(order)}`);
    expect(capture.body).toMatchObject({
      status: 'COMPLETED',
      supplementary_data: { related_ids: { order_id: id } },
      processor_response: { response_code: '0000' },
    });
    expect(await paypal.ledger('paid')).toMatchObject([
      { provider: 'paypal', id, idempotency_key: 'paid', amount: 1050, status: 'succeeded' },
    ]);
  });

  it.each([
    ['declined', '0500'],
    ['insufficient-funds', '5120'],
    ['lost-or-stolen', '9520'],
    ['expired', '5400'],
    ['cvc', '00N7'],
  ])(
    'with %s are COMPLETED all the same, and their capture DECLINED with %s',
    async (name, code) => {
      const order = await paypal.order(name, vaulted(name), { custom_id: name });
      expect(order).toMatchObject({ status: 201, body: { status: 'COMPLETED' } });
      expect(order.body.purchase_units[0].payments.captures).toMatchObject([
        { status: 'DECLINED', processor_response: { response_code: code } },
      ]);
      expect(await paypal.ledger(name)).toMatchObject([{ status: 'failed' }]);
    },
  );

  it('take the published names on a card', async () => {
    const card = { number: '4012888888881881', expiry: '2040-12', name: 'CCREJECT-IF' };
    const order = await paypal.order('named', { card });
    expect(order.body.purchase_units[0].payments.captures).toMatchObject([
      { status: 'DECLINED', processor_response: { response_code: '5120' } },
    ]);
    const real = { card: { number: '4242424242424242' } };
    expect(issueOf(await paypal.order('real', real))).toBe('VALIDATION_ERROR');
  });

  it('of a wallet that is declined are an error', async () => {
    const wallet = { paypal: { vault_id: 'sandbox-paypal-declined' } };
    const answer = await paypal.order('wallet', wallet, { custom_id: 'wallet' });
    expect(answer.status).toBe(422);
    expect(issueOf(answer)).toBe('INSTRUMENT_DECLINED');
    expect(await paypal.ledger('wallet')).toMatchObject([{ status: 'failed' }]);
  });

  it.each([
    ['pending', 'PAYMENT.CAPTURE.COMPLETED', 'COMPLETED'],
    ['pending-fail', 'PAYMENT.CAPTURE.DENIED', 'DECLINED'],
  ])('with %s wait for %s', async (name, type, status) => {
    const order = await paypal.order(name, vaulted(name));
    const path = `/v2/payments/captures/${captureOf(order)}`;
    expect((await paypal.call('GET', path)).body).toMatchObject({
      status: 'PENDING',
      status_details: { reason: 'PENDING_REVIEW' },
    });
    expect(issueOf(await paypal.call('POST', `${path}/refund`, {}))).toBe('PENDING_CAPTURE');
    paypal.sandbox.clock.advance(settleMs);
    expect((await paypal.arrived(type, order.body.id)).resource).toMatchObject({ status });
    expect((await paypal.call('GET', path)).body.status).toBe(status);
  });

  it('may use an invoice id once, and again after a decline', async () => {
    const unit = { invoice_id: 'invoice.1' };
    await paypal.order('invoice.declined', vaulted('declined'), unit);
    expect((await paypal.order('invoice.paid', vaulted('visa'), unit)).status).toBe(201);
    const again = await paypal.order('invoice.again', vaulted('visa'), unit);
    expect(issueOf(again)).toBe('DUPLICATE_INVOICE_ID');
  });

  it('show as little as PayPal does unless asked for more', async () => {
    const prefer = { prefer: 'return=minimal' };
    const { body } = await paypal.order('minimal', vaulted('visa'), {}, prefer);
    expect(Object.keys(body)).toEqual(['id', 'status', 'links']);
  });

  it('and captures that nobody made are not found', async () => {
    const paths = ['checkout/orders', 'payments/captures', 'payments/refunds', 'nothing'];
    for (const path of paths) {
      const answer = await paypal.call('GET', `/v2/${path}/NOBODY1`);
      expect(answer).toMatchObject({ status: 404, body: { name: 'RESOURCE_NOT_FOUND' } });
    }
    const voided = await paypal.call('POST', '/v2/payments/authorizations/NOBODY1/void');
    expect(issueOf(voided)).toBe('INVALID_RESOURCE_ID');
  });
});

function issueOf({ body }: { body: unknown }): string | undefined {
  return (body as { details?: { issue: string }[] }).details?.[0]?.issue;
}
