import { paymentBy, type RunningAdyen, runAdyen } from '../testing/running-adyen.js';

describe('requests that the Adyen sandbox refuses', () => {
  let sandbox: RunningAdyen;

  beforeAll(async () => {
    sandbox = await runAdyen();
  });

  afterAll(() => sandbox.close());

  it.each([undefined, 'wrong-key'])('without a good API key: %s', async (key) => {
    const answer = await fetch(`${sandbox.url}/v72/payments`, {
      method: 'POST',
      headers: key === undefined ? {} : { 'x-api-key': key },
      body: JSON.stringify(paymentBy('visa')),
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({
      status: 401,
      errorCode: '000',
      message: 'HTTP Status Response - Unauthorized',
      errorType: 'security',
    });
  });

  it.each(['SomebodyElse', undefined])(
    'for another merchant account: %s',
    async (merchantAccount) => {
      const answer = await sandbox.pay('visa', { merchantAccount });
      expect(answer).toMatchObject({
        status: 403,
        body: {
          status: 403,
          errorCode: '901',
          message: 'Invalid Merchant Account',
          errorType: 'security',
          pspReference: expect.stringMatching(/^[A-Z0-9]{16}$/),
        },
      });
    },
  );

  const card = { type: 'scheme', storedPaymentMethodId: 'visa' };

  it.each([
    [
      { surprise: 1 },
      'Structure of PaymentRequest contains the following unknown fields: [surprise]',
    ],
    [
      { paymentMethod: { ...card, pan: '1' } },
      'Structure of CardDetails contains the following unknown fields: [pan]',
    ],
    [
      { amount: { currency: 'EUR', value: 1, cents: 1 } },
      'Structure of Amount contains the following unknown fields: [cents]',
    ],
    [{ splits: [] }, 'The sandbox does not offer these fields of PaymentRequest: [splits]'],
    [{ amount: { currency: 'EUR', value: 10.5 } }, 'Amount.value holds an unexpected value'],
    [{ amount: { currency: 'EUR', value: '1050' } }, 'Amount.value holds an unexpected value'],
    [
      { shopperInteraction: 'Sometimes' },
      'PaymentRequest.shopperInteraction holds an unexpected value',
    ],
    [{ metadata: { answer: 42 } }, 'PaymentRequest.metadata holds an unexpected value'],
    [{ reference: 'r'.repeat(81) }, 'reference has more than 80 characters'],
  ])('as not published: %j', async (more, message) => {
    const answer = await sandbox.pay('visa', more);
    expect(answer).toMatchObject({ status: 400, body: { errorCode: '702', message } });
  });

  it.each([
    [{ amount: undefined }, '100'],
    [{ reference: undefined }, '130'],
    [{ returnUrl: undefined }, '14_030'],
    [{ paymentMethod: undefined }, '14_004'],
    [{ amount: { currency: 'EUR', value: 0 } }, '137'],
    [{ amount: { currency: 'XXX', value: 1 } }, '138'],
    [{ metadata: { a_key_that_is_too_long: '1' } }, '177'],
    [{ metadata: { key: 'v'.repeat(81) } }, '177'],
    [{ shopperReference: undefined }, '800'],
    [{ paymentMethod: { ...card, storedPaymentMethodId: 'nobody' } }, '803'],
    [{ paymentMethod: { type: 'scheme', number: '4111' } }, '101'],
  ])('as making no sense: %j', async (more, errorCode) => {
    const answer = await sandbox.pay('visa', more);
    expect(answer).toMatchObject({
      status: 422,
      body: { status: 422, errorCode, errorType: 'validation' },
    });
  });

  it.each([
    { paymentMethod: { type: 'paypal' } },
    { paymentMethod: { type: 'ideal' }, amount: { currency: 'USD', value: 1 } },
  ])('as a method that nobody acquires: %j', async (more) => {
    const answer = await sandbox.pay('visa', more);
    expect(answer).toMatchObject({
      status: 500,
      body: { errorCode: '905_1', errorType: 'configuration' },
    });
  });

  it('as no JSON, and as no object', async () => {
    expect((await sandbox.call('payments', 'amount=1')).status).toBe(400);
    expect((await sandbox.call('payments', '[]')).status).toBe(400);
  });

  it('as a route that does not exist', async () => {
    expect(await sandbox.call('paymentLinks', {})).toMatchObject({
      status: 404,
      body: { status: 404, errorType: 'validation' },
    });
  });
});
