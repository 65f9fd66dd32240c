import {
  captureOf,
  type PaypalAnswer,
  type RunningPaypal,
  runPaypal,
  vaulted,
} from '../testing/running-paypal.js';
import { settleMs } from '../testing/running-sandbox.js';

describe('refunds of the PayPal sandbox', () => {
  let paypal: RunningPaypal;

  beforeAll(async () => {
    paypal = await runPaypal();
  });

  afterAll(() => paypal.close());

  let payments = 0;

  /** The capture of a new payment. */
  const paid = async (name: string): Promise<string> => {
    payments += 1;
    const id = `paid ${payments}`;
    return captureOf(await paypal.order(id, vaulted(name), { custom_id: id }));
  };

  const ledger = (): ReturnType<RunningPaypal['ledger']> => paypal.ledger(`paid ${payments}`);

  const refund = (capture: string, body: unknown = {}, id = 'refund'): Promise<PaypalAnswer> =>
    paypal.call('POST', `/v2/payments/captures/${capture}/refund`, body, {
      'paypal-request-id': id,
    });

  const part = (value: string, currency_code = 'USD'): object => ({
    amount: { currency_code, value },
  });

  const statusOf = async (capture: string): Promise<string> =>
    (await paypal.call('GET', `/v2/payments/captures/${capture}`)).body.status;

  it('give a part back, and then the rest', async () => {
    const capture = await paid('visa');
    const ids = { custom_id: 'order-7', invoice_id: 'refund-8' };
    const first = await refund(capture, { ...part('4.00'), ...ids }, 'first');
    expect(first).toMatchObject({
      status: 201,
      body: { status: 'COMPLETED', amount: { value: '4.00' }, ...ids },
    });
    expect(await statusOf(capture)).toBe('PARTIALLY_REFUNDED');
    const event = await paypal.arrived('PAYMENT.CAPTURE.REFUNDED', capture);
    expect(event).toMatchObject({ resource_type: 'refund', resource: { id: first.body.id } });
    expect(event.resource['links']).toContainEqual({
      href: `${paypal.sandbox.url}/v2/payments/captures/${capture}`,
      rel: 'up',
      method: 'GET',
    });

    const rest = await refund(capture, {}, 'rest');
    expect(rest.body).toMatchObject({
      amount: { value: '6.50' },
      seller_payable_breakdown: { total_refunded_amount: { value: '10.50' } },
    });
    expect(await statusOf(capture)).toBe('REFUNDED');
    expect(await ledger()).toMatchObject([{ refunded: 1050 }]);
    const read = await paypal.call('GET', `/v2/payments/refunds/${rest.body.id}`);
    expect(read.body).toEqual(rest.body);
  });

  it.each([
    ['more than is left', part('10.51'), 'REFUND_AMOUNT_EXCEEDED'],
    ['another currency', part('1.00', 'EUR'), 'REFUND_CAPTURE_CURRENCY_MISMATCH'],
    ['nothing', part('0.00'), 'CANNOT_BE_ZERO_OR_NEGATIVE'],
    ['too many decimals', part('1.001'), 'DECIMAL_PRECISION'],
  ])('of %s are refused', async (_what, body, issue) => {
    const answer = await refund(await paid('visa'), body);
    expect(answer).toMatchObject({ status: 422, body: { details: [{ issue }] } });
    expect(await ledger()).toMatchObject([{ refunded: 0 }]);
  });

  it('are refused once all is given back, for a used invoice id, and for a declined capture', async () => {
    const capture = await paid('visa');
    const invoice = { invoice_id: 'refund-8' };
    await refund(capture, { ...part('1.00'), ...invoice }, 'first');
    const duplicate = await refund(capture, { ...part('1.00'), ...invoice }, 'second');
    expect(duplicate.body).toMatchObject({ details: [{ issue: 'DUPLICATE_INVOICE_ID' }] });
    await refund(capture, {}, 'rest');
    const over = await refund(capture, part('0.01'), 'over');
    expect(over.body).toMatchObject({ details: [{ issue: 'CAPTURE_FULLY_REFUNDED' }] });
    const declined = captureOf(await paypal.order('declined', vaulted('declined')));
    expect((await refund(declined)).body).toMatchObject({
      details: [{ issue: 'REFUND_NOT_ALLOWED' }],
    });
  });

  it.each([
    ['refund-pending', 'PENDING', 'PAYMENT.CAPTURE.REFUNDED', 'COMPLETED', 1050],
    ['refund-fail', 'PENDING', 'PAYMENT.REFUND.FAILED', 'FAILED', 0],
    ['refund-late-fail', 'COMPLETED', 'PAYMENT.REFUND.FAILED', 'FAILED', 0],
  ])('with %s are %s, then %s comes', async (name, first, type, last, refunded) => {
    const { body } = await refund(await paid(name));
    expect(body.status).toBe(first);
    await paypal.arrived(
      first === 'PENDING' ? 'PAYMENT.REFUND.PENDING' : 'PAYMENT.CAPTURE.REFUNDED',
      body.id,
    );
    expect(await ledger()).toMatchObject([{ refunded: 1050 }]);
    paypal.sandbox.clock.advance(settleMs);
    expect((await paypal.arrived(type, body.id)).resource).toMatchObject({
      id: body.id,
      status: last,
    });
    expect((await paypal.call('GET', `/v2/payments/refunds/${body.id}`)).body.status).toBe(last);
    expect(await ledger()).toMatchObject([{ refunded }]);
  });

  it('can be the bank’s own: the capture is reversed', async () => {
    const capture = await paid('reversed');
    paypal.sandbox.clock.advance(settleMs);
    const { resource } = await paypal.arrived('PAYMENT.CAPTURE.REVERSED', capture);
    expect(resource).toMatchObject({ status: 'COMPLETED', amount: { value: '10.50' } });
    expect(await statusOf(capture)).toBe('REFUNDED');
    expect(await ledger()).toMatchObject([{ refunded: 1050 }]);
  });

  it.each([
    ['dispute-won', 'RESOLVED_SELLER_FAVOUR'],
    ['dispute-lost', 'RESOLVED_BUYER_FAVOUR'],
  ])('are not what a dispute is: %s ends %s', async (name, outcome) => {
    const capture = await paid(name);
    paypal.sandbox.clock.advance(settleMs);
    const opened = await paypal.arrived('CUSTOMER.DISPUTE.CREATED', capture);
    expect(opened).toMatchObject({
      resource_type: 'dispute',
      resource: {
        status: 'OPEN',
        dispute_amount: { value: '10.50' },
        disputed_transactions: [{ seller_transaction_id: capture, custom: `paid ${payments}` }],
      },
    });
    paypal.sandbox.clock.advance(settleMs);
    const { resource } = await paypal.arrived('CUSTOMER.DISPUTE.RESOLVED', capture);
    expect(resource).toMatchObject({
      dispute_id: opened.resource['dispute_id'],
      status: 'RESOLVED',
      dispute_outcome: { outcome_code: outcome },
    });
    expect(await ledger()).toMatchObject([{ refunded: 0 }]);
  });

  it.each([
    ['won', 'RESOLVED_SELLER_FAVOUR'],
    ['lost', 'RESOLVED_BUYER_FAVOUR'],
  ])('leave a payment that can be disputed by hand, which is %s by hand', async (outcome, code) => {
    const order = await paypal.order(`disputed ${outcome}`, vaulted('visa'));
    const capture = captureOf(order);
    const ask = (path: string, body: object) =>
      paypal.sandbox.control('POST', path, { provider: 'paypal', ...body });
    const payment = { payment_id: order.body.id };
    expect((await ask('disputes', { ...payment, amount: 1051 })).status).toBe(400);
    const { body } = await ask('disputes', { ...payment, amount: 400 });
    const { id } = body as { id: string };
    const { resource } = await paypal.arrived('CUSTOMER.DISPUTE.CREATED', capture);
    expect(resource).toMatchObject({
      dispute_id: id,
      dispute_amount: { value: '4.00' },
      disputed_transactions: [{ gross_amount: { value: '10.50' } }],
    });
    expect((await ask('disputes/close', { id, outcome })).status).toBe(204);
    const closed = await paypal.arrived('CUSTOMER.DISPUTE.RESOLVED', capture);
    expect(closed.resource).toMatchObject({ dispute_outcome: { outcome_code: code } });
    expect((await ask('disputes/close', { id, outcome })).status).toBe(400);
  });
});
