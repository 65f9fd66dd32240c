import { paymentBy, pspOf, type RunningAdyen, runAdyen } from '../testing/running-adyen.js';
import { refusals } from './adyen.refusals.js';

describe('payments at the Adyen sandbox', () => {
  let sandbox: RunningAdyen;

  beforeAll(async () => {
    sandbox = await runAdyen();
  });

  afterAll(() => sandbox.close());

  const ledger = async (transactionId: string): Promise<unknown[]> => {
    const { body } = await sandbox.control('GET', `charges?transaction_id=${transactionId}`);
    return (body as { charges: unknown[] }).charges;
  };

  it('authorises a card on file, captures it and tells so', async () => {
    const answer = await sandbox.pay('visa', { metadata: { transaction_id: 'paid' } });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        resultCode: 'Authorised',
        merchantReference: 'order-visa',
        amount: { currency: 'EUR', value: 1050 },
        paymentMethod: { brand: 'visa', type: 'scheme' },
      },
    });
    const psp = pspOf(answer);
    expect(psp).toMatch(/^[A-Z0-9]{16}$/);
    expect(await sandbox.arrived('AUTHORISATION', psp)).toMatchObject({
      pspReference: psp,
      merchantReference: 'order-visa',
      merchantAccountCode: 'SpecsCOM',
      amount: { currency: 'EUR', value: 1050 },
      success: 'true',
      operations: ['REFUND'],
      additionalData: { 'metadata.transaction_id': 'paid' },
    });
    expect(await ledger('paid')).toMatchObject([
      { provider: 'adyen', id: psp, amount: 1050, currency: 'EUR', status: 'succeeded' },
    ]);
  });

  it.each(Object.entries(refusals))('refuses %s with HTTP 200', async (token, refusal) => {
    const answer = await sandbox.pay(token);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        resultCode: refusal.resultCode,
        refusalReason: refusal.reason,
        refusalReasonCode: refusal.code,
      },
    });
    expect(await sandbox.arrived('AUTHORISATION', pspOf(answer))).toMatchObject({
      success: 'false',
      reason: refusal.reason,
    });
    expect(await ledger(token)).toMatchObject([{ status: 'failed' }]);
  });

  const card = {
    type: 'scheme',
    encryptedCardNumber: 'test_4111111111111111',
    encryptedExpiryMonth: 'test_03',
    encryptedExpiryYear: 'test_2030',
    encryptedSecurityCode: 'test_737',
  };

  it.each([
    [{ additionalData: { RequestedTestAcquirerResponseCode: '12' } }, '12'],
    [{ paymentMethod: { ...card, holderName: 'CVC_DECLINED' } }, '24'],
  ])('takes the published test value %j', async (more, refusalReasonCode) => {
    const { body } = await sandbox.pay('visa', { paymentMethod: card, ...more });
    expect(body).toMatchObject({ resultCode: 'Refused', refusalReasonCode });
  });

  it('refuses a card that needs a challenge when the merchant wants none', async () => {
    const authenticationData = { attemptAuthentication: 'never' };
    const { body } = await sandbox.pay('challenge', { authenticationData });
    expect(body).toMatchObject({ resultCode: 'Refused', refusalReasonCode: '38' });
  });

  it.each([
    ['received', 'Received', 'true'],
    ['pending', 'Pending', 'true'],
    ['pending_fail', 'Pending', 'false'],
  ])('lets %s wait for the webhook', async (token, resultCode, success) => {
    const answer = await sandbox.pay(token);
    expect(answer.body).toMatchObject({ resultCode });
    expect(await ledger(token)).toMatchObject([{ status: 'pending' }]);
    expect(await sandbox.settled('AUTHORISATION', pspOf(answer))).toMatchObject({ success });
    const status = success === 'true' ? 'succeeded' : 'failed';
    expect(await ledger(token)).toMatchObject([{ status }]);
  });

  it('shows how to transfer, and is paid some time later', async () => {
    const paymentMethod = { type: 'bankTransfer_IBAN' };
    const answer = await sandbox.pay('visa', { paymentMethod });
    expect(answer.body).toMatchObject({
      resultCode: 'PresentToShopper',
      action: { type: 'bankTransfer', paymentMethodType: 'bankTransfer_IBAN' },
    });
    await sandbox.settled('AUTHORISATION', pspOf(answer));
  });

  it('takes nothing before the capture of a payment that is captured by hand', async () => {
    const more = {
      additionalData: { manualCapture: 'true' },
      metadata: { transaction_id: 'hand' },
    };
    const psp = pspOf(await sandbox.pay('visa', more));
    expect(await ledger('hand')).toMatchObject([{ status: 'pending' }]);
    const capture = { merchantAccount: 'SpecsCOM', amount: { currency: 'EUR', value: 1050 } };
    expect(await sandbox.call(`payments/${psp}/captures`, capture)).toMatchObject({
      status: 201,
      body: { status: 'received', paymentPspReference: psp },
    });
    await sandbox.settled('CAPTURE', psp);
    expect(await ledger('hand')).toMatchObject([{ status: 'succeeded' }]);
  });

  it('gives the same references on every run with the same seed', async () => {
    const other = await runAdyen();
    const again = await runAdyen();
    try {
      const [one, two] = await Promise.all([other.pay('visa'), again.pay('visa')]);
      expect(pspOf(one)).toBe(pspOf(two));
    } finally {
      await Promise.all([other.close(), again.close()]);
    }
  });

  it('has no look-up of a payment', async () => {
    const psp = pspOf(await sandbox.call('payments', paymentBy('visa')));
    const answer = await fetch(`${sandbox.url}/v72/payments/${psp}`, {
      headers: { 'x-api-key': 'specs' },
    });
    expect(answer.status).toBe(404);
  });
});
