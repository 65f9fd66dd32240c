import { type RunningSandbox, runSandbox } from './testing/running-sandbox.js';

describe('the control endpoints', () => {
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    sandbox = await runSandbox({ webhooks: false });
  });

  afterAll(() => sandbox.close());

  const pay = async (transactionId: string): Promise<string> => {
    const payment = await sandbox.stripe.paymentIntents.create({
      amount: 500,
      currency: 'jpy',
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      metadata: { transaction_id: transactionId },
    });
    return payment.id;
  };

  it('say that the sandbox is up', async () => {
    expect(await sandbox.control('GET', 'health')).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it('take the webhooks of partners', async () => {
    const event = { id: 'msg_1', type: 'transaction.completed' };
    expect((await sandbox.control('POST', 'partner-webhooks', event)).status).toBe(204);
  });

  it('show the ledger of charges and refunds', async () => {
    const id = await pay('ledger');
    const refund = await sandbox.stripe.refunds.create({ payment_intent: id, amount: 200 });
    const charges = await sandbox.control('GET', 'charges?transaction_id=ledger');
    expect(charges.body).toMatchObject({
      charges: [
        {
          provider: 'stripe',
          id,
          transaction_id: 'ledger',
          amount: 500,
          currency: 'JPY',
          status: 'succeeded',
          refunded: 200,
        },
      ],
    });
    const refunds = await sandbox.control('GET', 'refunds?transaction_id=ledger');
    expect(refunds.body).toMatchObject({
      refunds: [{ id: refund.id, payment_id: id, amount: 200 }],
    });
    const others = await sandbox.control('GET', 'charges?transaction_id=other');
    expect(others.body).toEqual({ charges: [] });
  });

  it('break the next calls that match, and no more', async () => {
    await sandbox.control('POST', 'behaviour', {
      script: 'http_500',
      times: 2,
      path: '/v1/refunds',
    });
    const id = await pay('behaviour');
    for (const _attempt of [1, 2]) {
      const refund = sandbox.stripe.refunds.create({ payment_intent: id });
      await expect(refund).rejects.toMatchObject({ statusCode: 500 });
    }
    expect(await sandbox.stripe.refunds.create({ payment_intent: id })).toMatchObject({
      amount: 500,
    });
  });

  it('slow calls down, reads as well, until told otherwise', async () => {
    await sandbox.control('POST', 'behaviour', { latency_ms: 80, times: 100 });
    let answered = false;
    const call = sandbox.stripe.paymentIntents.list().then(() => (answered = true));
    await sandbox.clock.awaited();
    sandbox.clock.advance(79);
    await sandbox.control('GET', 'health');
    expect(answered).toBe(false);
    sandbox.clock.advance(1);
    await call;
    expect((await sandbox.control('DELETE', 'behaviour')).status).toBe(204);
    expect((await sandbox.control('GET', 'behaviour')).body).toEqual({ behaviours: [] });
  });

  it('break a call by script whatever its payment method', async () => {
    await sandbox.control('POST', 'behaviour', { script: 'timeout_then_fail' });
    const { hostname, port } = new URL(sandbox.url);
    const request = fetch(`http://${hostname}:${port}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_specs' },
      body: new URLSearchParams({
        amount: '1',
        currency: 'usd',
        confirm: 'true',
        payment_method: 'pm_card_visa',
        return_url: 'https://shop.test',
        'metadata[transaction_id]': 'scripted',
      }),
      signal: AbortSignal.timeout(300),
    });
    await expect(request).rejects.toThrow('timeout');
    const charges = await sandbox.control('GET', 'charges?transaction_id=scripted');
    expect(charges.body).toMatchObject({ charges: [{ status: 'failed' }] });
  });

  it.each([
    { script: 'unknown' },
    { latency_ms: -1 },
    { times: 0 },
    { times: '1' },
    { surprise: 1 },
    'text',
  ])('refuse the behaviour %j', async (body) => {
    expect((await sandbox.control('POST', 'behaviour', body)).status).toBe(400);
  });

  it('refuse connections during an outage, and take them again afterwards', async () => {
    expect((await sandbox.control('POST', 'outage', { duration_ms: 150 })).status).toBe(202);
    await sandbox.clock.awaited();
    const attempt = (): Promise<unknown> =>
      fetch(`${sandbox.url}/_sandbox/health`).catch(
        (error: Error) => (error.cause as { code: string }).code,
      );
    // A connection that was open before may still have to be noticed as gone.
    const refused = [await attempt(), await attempt(), await attempt()].at(-1);
    expect(refused).toBe('ECONNREFUSED');
    sandbox.clock.advance(150);
    expect((await sandbox.control('GET', 'health')).status).toBe(200);
  });

  it('forget everything', async () => {
    const id = await pay('forgotten');
    expect((await sandbox.control('DELETE', 'state')).status).toBe(204);
    expect((await sandbox.control('GET', 'charges')).body).toEqual({ charges: [] });
    const found = sandbox.stripe.paymentIntents.retrieve(id);
    await expect(found).rejects.toMatchObject({ code: 'resource_missing' });
  });

  it('show people the magic values', async () => {
    const response = await fetch(sandbox.url);
    expect(response.headers.get('content-type')).toContain('text/html');
    const page = await response.text();
    expect(page).toContain('pm_sandbox_timeout_then_success');
    expect(page).not.toMatch(/(?:src|href)="https?:\/\/(?!127\.0\.0\.1)/);
  });
});
