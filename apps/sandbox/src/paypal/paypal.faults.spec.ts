import { faultScripts } from '../faults.js';
import {
  captureOf,
  eventsAbout,
  grant,
  orderOf,
  type PaypalAnswer,
  type RunningPaypal,
  runPaypal,
  vaulted,
} from '../testing/running-paypal.js';
import { settleMs } from '../testing/running-sandbox.js';

describe('fault scripts of the PayPal sandbox', () => {
  let paypal: RunningPaypal;
  const tried = new Set<string>();

  beforeAll(async () => {
    paypal = await runPaypal();
  });

  afterAll(() => paypal.close());

  const pay = (script: string): Promise<PaypalAnswer> => {
    tried.add(script);
    const token = vaulted(script.replaceAll('_', '-'));
    return paypal.order(script, token, { custom_id: script });
  };

  /** The bare call, for answers that are no JSON or never come. */
  const send = async (script: string, patienceMs = 5_000): Promise<Response> => {
    tried.add(script);
    const { access_token } = (await grant(paypal.sandbox.url)).body;
    return fetch(`${paypal.sandbox.url}/v2/checkout/orders`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${access_token}`,
        'content-type': 'application/json',
        'paypal-request-id': script,
      },
      body: JSON.stringify(orderOf(vaulted(script.replaceAll('_', '-')), { custom_id: script })),
      signal: AbortSignal.timeout(patienceMs),
    });
  };

  const statuses = async (script: string): Promise<string[]> =>
    (await paypal.ledger(script)).map(({ status }) => status);

  const replayed = async (script: string): Promise<string> => {
    const { status, body } = await pay(script);
    expect(status).toBe(200);
    const [capture] = body.purchase_units[0].payments.captures as unknown as { status: string }[];
    expect(await paypal.ledger(script)).toHaveLength(1);
    return capture.status;
  };

  it('timeout_then_success: the answer is lost, the money moved, and a replay tells', async () => {
    await expect(send('timeout_then_success', 250)).rejects.toThrow('timeout');
    expect(await statuses('timeout_then_success')).toEqual(['succeeded']);
    expect(await replayed('timeout_then_success')).toBe('COMPLETED');
    await paypal.arrived('PAYMENT.CAPTURE.COMPLETED', 'timeout_then_success');
  });

  it('timeout_then_fail: the answer is lost, no money moved, and a replay tells', async () => {
    await expect(send('timeout_then_fail', 250)).rejects.toThrow('timeout');
    expect(await statuses('timeout_then_fail')).toEqual(['failed']);
    expect(await replayed('timeout_then_fail')).toBe('DECLINED');
  });

  it('reset_after_commit: the connection breaks, the money moved, and a replay tells', async () => {
    await expect(send('reset_after_commit')).rejects.toThrow('fetch failed');
    expect(await statuses('reset_after_commit')).toEqual(['succeeded']);
    expect(await replayed('reset_after_commit')).toBe('COMPLETED');
  });

  it('refuse_connection: nothing is done, however often it is tried', async () => {
    for (const _attempt of [1, 2]) {
      await expect(send('refuse_connection')).rejects.toThrow('fetch failed');
    }
    expect(await statuses('refuse_connection')).toEqual([]);
  });

  it('http_500_then_success: a 500 though the money moved, and a replay tells', async () => {
    expect(await pay('http_500_then_success')).toMatchObject({
      status: 500,
      body: { name: 'INTERNAL_SERVER_ERROR' },
    });
    expect(await replayed('http_500_then_success')).toBe('COMPLETED');
  });

  it('http_500: nothing is done', async () => {
    expect(await pay('http_500')).toMatchObject({
      status: 500,
      body: { name: 'INTERNAL_SERVER_ERROR' },
    });
    expect(await statuses('http_500')).toEqual([]);
  });

  it('unknown_refusal: nothing is done, for a reason that nobody knows', async () => {
    const body = { name: 'UNPROCESSABLE_ENTITY', details: [{ issue: 'REFUSED_BY_THE_MOON' }] };
    expect(await pay('unknown_refusal')).toMatchObject({ status: 422, body });
    expect(await statuses('unknown_refusal')).toEqual([]);
  });

  it('http_429_then_success: nothing is done at first, and the client is told to wait', async () => {
    const first = await pay('http_429_then_success');
    expect(first).toMatchObject({ status: 429, body: { name: 'RATE_LIMIT_REACHED' } });
    expect(first.headers.get('retry-after')).toBe('1');
    expect(await statuses('http_429_then_success')).toEqual([]);
    expect((await pay('http_429_then_success')).status).toBe(201);
  });

  it.each([
    ['garbage_body', 200],
    ['html_body', 502],
  ])(
    '%s: the money moved, the answer makes no sense, and a replay tells',
    async (script, status) => {
      const response = await send(script);
      expect(response.status).toBe(status);
      await expect(response.json()).rejects.toThrow('JSON');
      expect(await replayed(script)).toBe('COMPLETED');
    },
  );

  it('huge_body: the money moved, and the answer does not end', async () => {
    const reader = (await send('huge_body')).body!.getReader();
    for (let bytes = 0; bytes < 1_000_000;) bytes += (await reader.read()).value!.length;
    await reader.cancel();
    expect(await statuses('huge_body')).toEqual(['succeeded']);
  });

  it('webhook_before_response: the webhook comes first', async () => {
    await pay('webhook_before_response');
    expect(eventsAbout(paypal.events, 'webhook_before_response')).toHaveLength(1);
  });

  it('duplicate_webhooks: the same event comes ten times, of the refund as well', async () => {
    const capture = captureOf(await pay('duplicate_webhooks'));
    await paypal.arrived('PAYMENT.CAPTURE.COMPLETED', capture, 10);
    await paypal.call('POST', `/v2/payments/captures/${capture}/refund`, {});
    await paypal.arrived('PAYMENT.CAPTURE.REFUNDED', capture, 10);
    expect(new Set(eventsAbout(paypal.events, capture).map(({ id }) => id)).size).toBe(2);
  });

  it('out_of_order_webhooks: the older one comes last', async () => {
    const { id } = (await pay('out_of_order_webhooks')).body;
    expect(await statuses('out_of_order_webhooks')).toEqual(['pending']);
    paypal.sandbox.clock.advance(settleMs);
    await paypal.arrived('PAYMENT.CAPTURE.COMPLETED', id);
    paypal.sandbox.clock.advance(settleMs);
    await paypal.arrived('PAYMENT.CAPTURE.PENDING', id);
    expect(eventsAbout(paypal.events, id).map(({ event_type }) => event_type)).toEqual([
      'PAYMENT.CAPTURE.COMPLETED',
      'PAYMENT.CAPTURE.PENDING',
    ]);
  });

  it('late_success: a decline, and then the money moves after all', async () => {
    const { body } = await pay('late_success');
    expect(await statuses('late_success')).toEqual(['failed']);
    paypal.sandbox.clock.advance(settleMs);
    const { resource } = await paypal.arrived('PAYMENT.CAPTURE.COMPLETED', body.id);
    expect(resource).toMatchObject({ supplementary_data: { related_ids: { order_id: body.id } } });
    const order = await paypal.call('GET', `/v2/checkout/orders/${body.id}`);
    expect(order.body.purchase_units[0].payments.captures).toMatchObject([
      { status: 'DECLINED' },
      { status: 'COMPLETED' },
    ]);
    expect(await statuses('late_success')).toEqual(['failed', 'succeeded']);
  });

  it('refund_late_fail: the payment is an ordinary one', async () => {
    expect((await pay('refund_late_fail')).status).toBe(201);
  });

  it('slow: the call takes that long', async () => {
    const call = pay('slow_100ms');
    await paypal.sandbox.clock.awaited();
    paypal.sandbox.clock.advance(99);
    expect(await statuses('slow_100ms')).toEqual([]);
    paypal.sandbox.clock.advance(1);
    expect((await call).status).toBe(201);
  });

  it('meet any call by behaviour', async () => {
    const behaviour = { script: 'http_500_then_success', method: 'POST', path: '/v2/payments' };
    await paypal.sandbox.control('POST', 'behaviour', behaviour);
    const capture = captureOf(await paypal.order('plain', vaulted('visa'), { custom_id: 'plain' }));
    const path = `/v2/payments/captures/${capture}/refund`;
    const headers = { 'paypal-request-id': 'refund' };
    expect((await paypal.call('POST', path, {}, headers)).status).toBe(500);
    expect((await paypal.call('POST', path, {}, headers)).status).toBe(200);
    expect(await paypal.ledger('plain')).toMatchObject([{ refunded: 1050 }]);
  });

  it('tries every script that there is, but those of errors that only Stripe keeps', () => {
    const scripts = Object.entries(faultScripts).filter(([, fault]) => !('savesError' in fault));
    expect([...tried]).toEqual(expect.arrayContaining(scripts.map(([name]) => name)));
  });
});
