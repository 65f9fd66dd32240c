import { type AdyenReply, pspOf, type RunningAdyen, runAdyen } from '../testing/running-adyen.js';

const merchantAccount = 'SpecsCOM';

describe('modifications at the Adyen sandbox', () => {
  let sandbox: RunningAdyen;

  beforeAll(async () => {
    sandbox = await runAdyen();
  });

  afterAll(() => sandbox.close());

  const paid = async (token: string, more?: Record<string, unknown>): Promise<string> =>
    pspOf(await sandbox.pay(token, more));

  const refund = (psp: string, value: number, more = {}): Promise<AdyenReply> =>
    sandbox.call(`payments/${psp}/refunds`, {
      merchantAccount,
      amount: { currency: 'EUR', value },
      ...more,
    });

  const modify = (psp: string, kind: string): Promise<AdyenReply> =>
    sandbox.call(`payments/${psp}/${kind}`, { merchantAccount, reference: `${kind}-1` });

  const refunds = async (): Promise<{ id: string; status: string }[]> => {
    const { body } = await sandbox.control('GET', 'refunds');
    return (body as { refunds: { id: string; status: string }[] }).refunds;
  };

  const statusOf = async (id: string): Promise<string | undefined> =>
    (await refunds()).find((row) => row.id === id)?.status;

  const refundedOf = async (id: string): Promise<number | undefined> => {
    const { body } = await sandbox.control('GET', 'charges');
    const { charges } = body as { charges: { id: string; refunded: number }[] };
    return charges.find((row) => row.id === id)?.refunded;
  };

  it('are received, and the verdict comes by webhook only', async () => {
    const psp = await paid('visa');
    const answer = await refund(psp, 500, { reference: 'refund-1' });
    expect(answer).toMatchObject({ status: 201 });
    expect(answer.body).toEqual({
      merchantAccount,
      paymentPspReference: psp,
      pspReference: expect.stringMatching(/^[A-Z0-9]{16}$/),
      reference: 'refund-1',
      amount: { currency: 'EUR', value: 500 },
      status: 'received',
    });
    expect(await statusOf(pspOf(answer))).toBe('pending');
    expect(sandbox.itemsAbout(pspOf(answer))).toEqual([]);
    expect(await sandbox.settled('REFUND', pspOf(answer))).toMatchObject({
      originalReference: psp,
      merchantReference: 'refund-1',
      success: 'true',
      amount: { currency: 'EUR', value: 500 },
    });
    expect(await statusOf(pspOf(answer))).toBe('succeeded');
    expect(await refundedOf(psp)).toBe(500);
  });

  it('never give back more than was paid', async () => {
    const psp = await paid('visa');
    const answers = await Promise.all([700, 350, 1].map((value) => refund(psp, value)));
    const [, , last] = answers.map(pspOf);
    expect(await sandbox.settled('REFUND', last ?? '')).toMatchObject({
      success: 'false',
      reason: 'Insufficient balance on payment',
    });
    expect(await statusOf(last ?? '')).toBe('failed');
    expect(await refundedOf(psp)).toBe(1050);
  });

  it('give nothing back of what was not captured', async () => {
    const psp = await paid('visa', { additionalData: { manualCapture: 'true' } });
    const item = await sandbox.settled('REFUND', pspOf(await refund(psp, 1)));
    expect(item).toMatchObject({
      success: 'false',
      reason: "Transaction hasn't been captured, refund not possible",
    });
  });

  it('fail by themselves for refund_fail', async () => {
    const psp = await paid('refund_fail');
    expect(await sandbox.settled('REFUND', pspOf(await refund(psp, 1)))).toMatchObject({
      success: 'false',
    });
    expect(await refundedOf(psp)).toBe(0);
  });

  it.each([
    ['refund_late_fail', 'REFUND_FAILED'],
    ['refund_reversed', 'REFUNDED_REVERSED'],
  ])('are undone afterwards for %s', async (token, eventCode) => {
    const psp = await paid(token);
    const id = pspOf(await refund(psp, 1050));
    expect((await sandbox.settled('REFUND', id)).success).toBe('true');
    expect(await refundedOf(psp)).toBe(1050);
    expect(await sandbox.settled(eventCode, id)).toMatchObject({
      pspReference: id,
      originalReference: psp,
      success: 'true',
    });
    expect([await statusOf(id), await refundedOf(psp)]).toEqual(['failed', 0]);
    expect((await sandbox.settled('REFUND', pspOf(await refund(psp, 1050)))).success).toBe('true');
  });

  it('cancel what is not captured, once, and not what is', async () => {
    const captured = await paid('visa');
    const open = await paid('visa', { additionalData: { manualCapture: 'true' } });
    for (const [psp, success] of [
      [open, 'true'],
      [open, 'false'],
      [captured, 'false'],
    ] as const) {
      const answer = await modify(psp, 'cancels');
      expect(answer).toMatchObject({ status: 201, body: { status: 'received' } });
      const item = await sandbox.settled('CANCELLATION', pspOf(answer));
      expect(item).toMatchObject({ success, merchantReference: 'cancels-1' });
    }
  });

  it('stop a payment that was settling', async () => {
    const psp = await paid('pending', { metadata: { transaction_id: 'stopped' } });
    await sandbox.settled('CANCELLATION', pspOf(await modify(psp, 'cancels')));
    expect(sandbox.itemsAbout(psp).map(({ eventCode }) => eventCode)).not.toContain(
      'AUTHORISATION',
    );
    const { body } = await sandbox.control('GET', 'charges?transaction_id=stopped');
    expect(body).toEqual({ charges: [] });
  });

  it.each([
    [{ additionalData: { manualCapture: 'true' } }, 'cancel'],
    [{}, 'refund'],
  ])('reverse a payment made with %j by a %s', async (more, action) => {
    const psp = await paid('visa', more);
    const item = await sandbox.settled('CANCEL_OR_REFUND', pspOf(await modify(psp, 'reversals')));
    expect(item).toMatchObject({
      success: 'true',
      additionalData: { 'modification.action': action },
    });
  });

  it('tell that nothing was cancelled by a reference that no payment has', async () => {
    const answer = await sandbox.call('cancels', { merchantAccount, paymentReference: 'nobody' });
    expect(answer.status).toBe(201);
    const item = await sandbox.settled('TECHNICAL_CANCEL', pspOf(answer));
    expect(item.success).toBe('false');
  });

  it('refuse a payment that does not exist, and another currency', async () => {
    expect(await refund('AAAAAAAAAAAAAAAA', 1)).toMatchObject({
      status: 422,
      body: { errorCode: '167', message: 'Original pspReference required for this operation' },
    });
    const amount = { currency: 'USD', value: 1 };
    expect((await refund(await paid('visa'), 1, { amount })).status).toBe(422);
  });

  it('are made by a person in the back office, too', async () => {
    const psp = await paid('visa');
    const provider = 'adyen';
    const ask = (amount: number): Promise<{ status: number; body: unknown }> =>
      sandbox.control('POST', 'refunds', { provider, payment_id: psp, amount });
    const { status, body } = await ask(300);
    expect(status).toBe(201);
    expect(await sandbox.settled('REFUND', (body as { id: string }).id)).toMatchObject({
      originalReference: psp,
      merchantReference: 'order-visa',
      amount: { currency: 'EUR', value: 300 },
    });
    expect((await ask(751)).status).toBe(400);
  });
});
