import { orderOf, type RunningPaypal, runPaypal, vaulted } from '../testing/running-paypal.js';

describe('requests to the PayPal sandbox', () => {
  let paypal: RunningPaypal;

  beforeAll(async () => {
    paypal = await runPaypal({ webhooks: false });
  });

  afterAll(() => paypal.close());

  const money = (currency_code: string, value: string): Record<string, unknown> => ({
    amount: { currency_code, value },
  });

  it.each([
    ['USD', '10.505', 422, 'DECIMAL_PRECISION'],
    ['JPY', '500.00', 422, 'DECIMALS_NOT_SUPPORTED'],
    ['HUF', '1.5', 422, 'DECIMALS_NOT_SUPPORTED'],
    ['TWD', '0', 422, 'CANNOT_BE_ZERO_OR_NEGATIVE'],
    ['EUR', '-1.00', 422, 'CANNOT_BE_NEGATIVE'],
    ['EUR', '10000000.00', 422, 'MAX_VALUE_EXCEEDED'],
    ['JPY', '10000000', 422, 'MAX_VALUE_EXCEEDED'],
    ['KWD', '5.120', 422, 'CURRENCY_NOT_SUPPORTED'],
    ['ISK', '500', 422, 'CURRENCY_NOT_SUPPORTED'],
    ['USD', '1,00', 400, 'INVALID_PARAMETER_SYNTAX'],
    ['US', '1.00', 422, 'CURRENCY_NOT_SUPPORTED'],
  ])('of %s %s are refused with %i %s', async (currency, value, status, issue) => {
    const answer = await paypal.order('money', vaulted('visa'), money(currency, value));
    expect(answer).toMatchObject({ status, body: { details: [{ issue }] } });
  });

  it.each([
    ['JPY', '500', '500'],
    ['THB', '100.5', '100.50'],
    ['USD', '.99', '0.99'],
  ])('of %s %s are paid as %s', async (currency, value, shown) => {
    const answer = await paypal.order(currency, vaulted('visa'), money(currency, value));
    const amount = { currency_code: currency, value: shown };
    expect(answer).toMatchObject({ status: 201, body: { purchase_units: [{ amount }] } });
  });

  it.each([
    ['an unknown field', { surprise: 1 }, 'MALFORMED_REQUEST_JSON', '/surprise'],
    ['another intent', { intent: 'AUTHORIZE' }, 'INVALID_PARAMETER_VALUE', '/intent'],
    ['no intent', { intent: undefined }, 'MISSING_REQUIRED_PARAMETER', '/intent'],
    ['no purchase unit', { purchase_units: [] }, 'INVALID_ARRAY_MIN_ITEMS', '/purchase_units'],
    ['a payer', { payer: {} }, 'NOT_SUPPORTED', '/payer'],
    [
      'a number for a text',
      { purchase_units: [{ custom_id: 1 }] },
      'MALFORMED_REQUEST_JSON',
      '/purchase_units/0/custom_id',
    ],
    [
      'a text that is too long',
      { purchase_units: [{ invoice_id: 'x'.repeat(128) }] },
      'INVALID_STRING_LENGTH',
      '/purchase_units/0/invoice_id',
    ],
    [
      'a return address that is none',
      { application_context: { return_url: 'home' } },
      'INVALID_PARAMETER_SYNTAX',
      '/application_context/return_url',
    ],
  ])('with %s are refused', async (_what, change, issue, field) => {
    const body = { ...orderOf(undefined), ...change };
    const answer = await paypal.call('POST', '/v2/checkout/orders', body);
    expect(answer).toMatchObject({
      status: 400,
      body: { name: 'INVALID_REQUEST', details: [{ issue, field, location: 'body' }] },
    });
    expect(answer.headers.get('paypal-debug-id')).toBe(
      (answer.body as unknown as { debug_id: string }).debug_id,
    );
  });

  it('are refused when they are no JSON', async () => {
    const malformed = await paypal.call('POST', '/v2/checkout/orders', '{');
    expect(malformed).toMatchObject({
      status: 400,
      body: { details: [{ issue: 'MALFORMED_REQUEST_JSON' }] },
    });
    const headers = { 'content-type': 'text/plain' };
    const text = await paypal.call('POST', '/v2/checkout/orders', 'pay', headers);
    expect(text).toMatchObject({ status: 415, body: { name: 'UNSUPPORTED_MEDIA_TYPE' } });
  });

  it('are refused for a vault id that does not exist', async () => {
    for (const vaultId of ['8kk8451t', 'sandbox-paypal-unheard-of']) {
      const answer = await paypal.order(vaultId, { card: { vault_id: vaultId } });
      expect(answer).toMatchObject({
        status: 422,
        body: { details: [{ issue: 'TOKEN_ID_NOT_FOUND' }] },
      });
    }
  });

  it('that pay at once need a request id', async () => {
    const answer = await paypal.call('POST', '/v2/checkout/orders', orderOf(vaulted('visa')));
    expect(answer).toMatchObject({
      status: 400,
      body: { details: [{ issue: 'PAYPAL_REQUEST_ID_REQUIRED', location: 'header' }] },
    });
  });

  it.each([
    ['INSTRUMENT_DECLINED', 422],
    ['PERMISSION_DENIED', 403],
    ['RATE_LIMIT_REACHED', 429],
    ['INTERNAL_SERVER_ERROR', 500],
  ])('may ask for %s', async (code, status) => {
    const mock = { 'paypal-mock-response': JSON.stringify({ mock_application_codes: code }) };
    const unit = { custom_id: code };
    const answer = await paypal.order(code, vaulted('visa'), unit, mock);
    expect(answer).toMatchObject({ status, body: { details: [{ issue: code }] } });
    expect(await paypal.ledger(code)).toEqual([]);
  });

  it('are answered in earnest when they ask for an error that nobody knows', async () => {
    const mock = { 'paypal-mock-response': '{"mock_application_codes":"BAD_LUCK"}' };
    expect((await paypal.order('luck', vaulted('visa'), {}, mock)).status).toBe(201);
  });
});
