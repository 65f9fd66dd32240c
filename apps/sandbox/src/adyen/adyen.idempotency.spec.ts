import {
  type AdyenReply,
  paymentBy,
  type RunningAdyen,
  runAdyen,
} from '../testing/running-adyen.js';

describe('idempotency keys of the Adyen sandbox', () => {
  let sandbox: RunningAdyen;

  beforeAll(async () => {
    sandbox = await runAdyen();
  });

  afterAll(() => sandbox.close());

  const pay = (key: string, token = 'visa', value = 700): Promise<AdyenReply> =>
    sandbox.call(
      'payments',
      paymentBy(token, { amount: { currency: 'EUR', value }, metadata: { transaction_id: key } }),
      { 'idempotency-key': key },
    );

  const charges = async (transactionId: string): Promise<unknown[]> => {
    const { body } = await sandbox.control('GET', `charges?transaction_id=${transactionId}`);
    return (body as { charges: unknown[] }).charges;
  };

  it('give the first answer again, echo the key, and charge once', async () => {
    const first = await pay('again');
    const second = await pay('again');
    expect(first.headers.get('idempotency-key')).toBe('again');
    expect(second.headers.get('idempotency-key')).toBe('again');
    expect(second.body).toEqual(first.body);
    expect(await charges('again')).toMatchObject([{ idempotency_key: 'again' }]);
  });

  it('give a decline again', async () => {
    const first = await pay('declined', 'DECLINED');
    expect((await pay('declined', 'DECLINED')).body).toEqual(first.body);
    expect(await charges('declined')).toHaveLength(1);
  });

  it('give the answer as it was, though the payment has settled since', async () => {
    const first = await pay('as-it-was', 'pending');
    await sandbox.settled('AUTHORISATION', String(first.body['pspReference']));
    expect((await pay('as-it-was', 'pending')).body).toMatchObject({ resultCode: 'Pending' });
  });

  it('take no other body, and no other endpoint', async () => {
    await pay('bound');
    const refused = { status: 422, body: { errorCode: '704' } };
    const other = await pay('bound', 'visa', 701);
    expect(other).toMatchObject(refused);
    expect(other.headers.get('transient-error')).toBeNull();
    const cancel = { merchantAccount: 'SpecsCOM', paymentReference: 'order-visa' };
    expect(await sandbox.call('cancels', cancel, { 'idempotency-key': 'bound' })).toMatchObject(
      refused,
    );
    expect(await charges('bound')).toHaveLength(1);
  });

  it('turn a duplicate away while the first call is under way: try again later', async () => {
    const first = pay('running', 'slow_100ms');
    await sandbox.clock.awaited();
    const second = await pay('running', 'slow_100ms');
    expect(second).toMatchObject({
      status: 409,
      body: { errorCode: '704', message: 'request already processed or in progress' },
    });
    expect(second.headers.get('transient-error')).toBe('true');
    sandbox.clock.advance(100);
    expect((await first).body).toMatchObject({ resultCode: 'Authorised' });
    expect((await pay('running', 'slow_100ms')).body).toEqual((await first).body);
    expect(await charges('running')).toHaveLength(1);
  });

  it('are not used up by a request that was refused as wrong', async () => {
    expect((await pay('wrong', 'nobody')).status).toBe(422);
    expect((await pay('wrong')).body).toMatchObject({ resultCode: 'Authorised' });
  });

  it('have at most 64 characters', async () => {
    expect((await pay('k'.repeat(64))).status).toBe(200);
    expect((await pay('k'.repeat(65))).status).toBe(400);
  });
});
