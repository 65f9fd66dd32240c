import {
  decide,
  eventsAbout,
  linkOf,
  type PaypalAnswer,
  type RunningPaypal,
  runPaypal,
} from '../testing/running-paypal.js';

const context = {
  experience_context: {
    return_url: 'https://shop.test/back?order=7',
    cancel_url: 'https://shop.test/cart',
  },
};

describe('the payer on the page of the PayPal sandbox', () => {
  let paypal: RunningPaypal;

  beforeAll(async () => {
    paypal = await runPaypal();
  });

  afterAll(() => paypal.close());

  let begun = 0;

  const begin = (source: object = { paypal: context }): Promise<PaypalAnswer> => {
    begun += 1;
    const unit = { custom_id: `begun ${begun}`, description: 'A <b>chair</b>' };
    return paypal.order(`begun ${begun}`, source, unit);
  };

  const ledger = (): ReturnType<RunningPaypal['ledger']> => paypal.ledger(`begun ${begun}`);

  const capture = (id: string, headers = {}): Promise<PaypalAnswer> =>
    paypal.call('POST', `/v2/checkout/orders/${id}/capture`, undefined, {
      'paypal-request-id': 'capture',
      ...headers,
    });

  it('is shown what to pay, with nothing of the text taken as HTML', async () => {
    const order = await begin();
    expect(order).toMatchObject({ status: 201, body: { status: 'PAYER_ACTION_REQUIRED' } });
    const page = await (await fetch(linkOf(order, 'payer-action'))).text();
    expect(page).toContain('10.50 USD');
    expect(page).toContain('A &#60;b&#62;chair');
    expect(await (await fetch(paypal.sandbox.url)).text()).toContain(order.body.id);
    expect(await ledger()).toEqual([]);
  });

  it('approves, is sent back to the shop, and the order can be captured, once', async () => {
    const order = await begin();
    const { id } = order.body;
    expect(await capture(id)).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'ORDER_NOT_APPROVED' }] },
    });
    const answer = await decide(linkOf(order, 'payer-action'), 'approve');
    expect(answer.status).toBe(303);
    const back = new URL(answer.headers.get('location') ?? '');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      order: '7',
      token: id,
      PayerID: expect.stringMatching(/^[A-Z0-9]{13}$/) as string,
    });
    const event = await paypal.arrived('CHECKOUT.ORDER.APPROVED', id);
    expect(event.resource).toMatchObject({ id, status: 'APPROVED' });

    const captured = await capture(id);
    expect(captured).toMatchObject({
      status: 201,
      body: { status: 'COMPLETED', payer: { payer_id: back.searchParams.get('PayerID') } },
    });
    expect((await capture(id)).status).toBe(200);
    const again = await capture(id, { 'paypal-request-id': 'another' });
    expect(again.body).toMatchObject({ details: [{ issue: 'ORDER_ALREADY_CAPTURED' }] });
    expect(await ledger()).toMatchObject([{ id, status: 'succeeded' }]);
  });

  it('declines, is sent to the shop’s other address, and may come back and approve', async () => {
    const order = await begin();
    const page = linkOf(order, 'payer-action');
    const answer = await decide(page, 'decline');
    expect(answer.headers.get('location')).toBe(`https://shop.test/cart?token=${order.body.id}`);
    const left = await paypal.call('GET', `/v2/checkout/orders/${order.body.id}`);
    expect(left.body.status).toBe('PAYER_ACTION_REQUIRED');
    expect((await decide(page, 'approve')).headers.get('location')).toContain('/back');
  });

  it('approves once, however often the button is pressed', async () => {
    const order = await begin();
    const page = linkOf(order, 'payer-action');
    const answers = await Promise.all([1, 2, 3].map(() => decide(page, 'approve')));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    await paypal.arrived('CHECKOUT.ORDER.APPROVED', order.body.id);
    expect(eventsAbout(paypal.events, order.body.id)).toHaveLength(1);
    expect(await (await fetch(page)).text()).toContain('You have approved');
  });

  it('approves an order that named no way to pay', async () => {
    const order = await paypal.order('bare', undefined);
    expect(order.body.status).toBe('CREATED');
    expect((await decide(linkOf(order, 'approve'), 'approve')).status).toBe(200);
    expect((await capture(order.body.id)).body.status).toBe('COMPLETED');
  });

  it('stands before the challenge of a card', async () => {
    const order = await begin({ card: { vault_id: 'sandbox-paypal-3ds', ...context } });
    expect(order.body.status).toBe('PAYER_ACTION_REQUIRED');
    expect((await capture(order.body.id)).body).toMatchObject({
      details: [{ issue: 'PAYER_ACTION_REQUIRED' }],
    });
    await decide(linkOf(order, 'payer-action'), 'approve');
    const captured = await capture(order.body.id);
    expect(captured.body).toMatchObject({
      status: 'COMPLETED',
      payment_source: { card: { authentication_result: { liability_shift: 'POSSIBLE' } } },
    });
  });

  it('is declined by the bank at the capture, and may be tried ten times', async () => {
    const order = await begin();
    const { id } = order.body;
    await decide(linkOf(order, 'payer-action'), 'approve');
    const behaviour = { script: 'late_success', path: `/v2/checkout/orders/${id}`, times: 10 };
    await paypal.sandbox.control('POST', 'behaviour', behaviour);
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      expect((await capture(id, { 'paypal-request-id': `try ${attempt}` })).body).toMatchObject({
        details: [{ issue: 'INSTRUMENT_DECLINED' }],
      });
    }
    expect((await capture(id)).body).toMatchObject({
      details: [{ issue: 'MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED' }],
    });
    expect((await ledger()).map(({ status }) => status)).toEqual(
      Array.from({ length: 10 }, () => 'failed'),
    );
  });

  it('needs a link and a button', async () => {
    expect((await fetch(`${paypal.sandbox.url}/payer/paypal/NOBODY`)).status).toBe(404);
    expect((await decide(linkOf(await begin(), 'payer-action'), 'maybe')).status).toBe(400);
  });
});
