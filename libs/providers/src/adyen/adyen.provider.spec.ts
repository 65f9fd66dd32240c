import { httpAnswer, listenForBytes } from '../contract/byte-server.js';
import type { ByteServer } from '../contract/byte-server.js';
import { failureOf, newIntent, newRefund } from '../contract/intents.js';
import type { ChargeIntent, PaymentProvider } from '../port.js';
import { adyenDefinition } from './adyen.definition.js';

const transactionId = '01900000-0000-7000-8000-000000000000';
const returnUrl = 'https://shop.test/back';
const authorised = JSON.stringify({ resultCode: 'Authorised', pspReference: 'PSP1' });
const received = JSON.stringify({ status: 'received', pspReference: 'PSP2' });

let server: ByteServer | undefined;
let provider: PaymentProvider | undefined;

async function open(answer: string): Promise<PaymentProvider> {
  server = await listenForBytes((socket) => socket.write(answer));
  const hmacKey = '00'.repeat(32);
  const settings = { apiUrl: server.url, apiKey: 'the-key', merchantAccount: 'Shop', hmacKey };
  provider = adyenDefinition.create(settings, { timeoutMs: 2_000 });
  return provider;
}

function intentOf(changes: Partial<ChargeIntent> = {}): ChargeIntent {
  return newIntent('sandbox/visa', { transactionId, ...changes });
}

function sent(): { head: string; body: unknown } {
  const [head = '', body = ''] = (server?.requests.at(-1) ?? '').split('\r\n\r\n');
  return { head, body: JSON.parse(body) as unknown };
}

afterEach(async () => {
  await server?.close();
  await provider?.close?.();
});

describe('a charge at Adyen', () => {
  it('is one POST under our key, that names the merchant and the card on file', async () => {
    const adyen = await open(httpAnswer('200 OK', authorised));
    await expect(adyen.charge(intentOf({ returnUrl }))).resolves.toMatchObject({
      status: 'completed',
      providerTransactionId: 'PSP1',
    });
    const { head, body } = sent();
    expect(head).toMatch(/^POST \/v72\/payments HTTP\/1\.1/);
    expect(head).toMatch(new RegExp(`idempotency-key: ${transactionId}\\.1\r?$`, 'im'));
    expect(head).toMatch(/x-api-key: the-key/i);
    expect(body).toEqual({
      amount: { currency: 'USD', value: 1050 },
      merchantAccount: 'Shop',
      reference: `${transactionId}.1`,
      metadata: { transaction_id: transactionId },
      channel: 'Web',
      returnUrl,
      redirectToIssuerMethod: 'GET',
      redirectFromIssuerMethod: 'GET',
      paymentMethod: { type: 'scheme', storedPaymentMethodId: 'visa' },
      shopperReference: 'sandbox',
      shopperInteraction: 'ContAuth',
      recurringProcessingModel: 'CardOnFile',
    });
  });

  it('sends the same bytes again when it is replayed', async () => {
    const adyen = await open(httpAnswer('200 OK', authorised));
    const intent = intentOf({ payer: { email: 'a@shop.test', ipAddress: '192.0.2.1' } });
    await adyen.charge(intent);
    await adyen.charge(intent);
    expect(server?.requests[1]).toBe(server?.requests[0]);
  });

  it('of a card without a return_url asks for no authentication, so that nobody is sent away', async () => {
    const adyen = await open(httpAnswer('200 OK', authorised));
    await adyen.charge(intentOf());
    expect(sent().body).toMatchObject({
      authenticationData: { attemptAuthentication: 'never' },
      returnUrl: server?.url.origin,
    });
  });

  it.each([
    ['bank_transfer', 'EUR', { type: 'ideal' }],
    ['e_wallet', 'EUR', { type: 'alipay' }],
  ] as const)('by %s asks for %s by a redirect', async (paymentMethod, currency, type) => {
    const adyen = await open(httpAnswer('200 OK', authorised));
    const how = { paymentMethod, currency, paymentMethodToken: undefined };
    await adyen.charge(intentOf({ ...how, returnUrl }));
    expect(sent().body).toMatchObject({ paymentMethod: type, returnUrl });
    expect(sent().body).not.toHaveProperty('shopperReference');
  });

  it.each([
    ['by a redirect without a return_url', { paymentMethod: 'e_wallet', currency: 'EUR' }],
    ['by a method that it has not', { paymentMethod: 'crypto' }],
    ["with another provider's token", { paymentMethodToken: 'pm_card_visa' }],
    ['in a currency that it has not', { currency: 'XXX' }],
  ] as const)('%s is rejected before anything is sent', async (_, changes) => {
    const adyen = await open(httpAnswer('200 OK', authorised));
    expect(await failureOf(adyen.charge(intentOf(changes)))).toMatchObject({ kind: 'rejected' });
    expect(server?.requests).toEqual([]);
  });

  it("tells of the payer's browser, all of it or nothing", async () => {
    const adyen = await open(httpAnswer('200 OK', authorised));
    const browser = {
      accept_header: '*/*',
      color_depth: 24,
      java_enabled: false,
      language: 'nl-NL',
      screen_height: 900,
      screen_width: 1440,
      time_zone_offset: -60,
    };
    await adyen.charge(intentOf({ payer: { browser, userAgent: 'Mozilla/5.0' } }));
    expect(sent().body).toMatchObject({
      browserInfo: {
        acceptHeader: '*/*',
        colorDepth: 24,
        javaEnabled: false,
        language: 'nl-NL',
        screenHeight: 900,
        screenWidth: 1440,
        timeZoneOffset: -60,
        userAgent: 'Mozilla/5.0',
      },
    });
    await adyen.charge(intentOf({ payer: { browser } }));
    expect(sent().body).not.toHaveProperty('browserInfo');
  });
});

describe('a modification at Adyen', () => {
  it('cancels a payment by its id, under a key of its own', async () => {
    const adyen = await open(httpAnswer('201 Created', received));
    const reference = { ...intentOf(), providerTransactionId: 'PSP1' };
    expect(await adyen.cancel(reference)).toMatchObject({ status: 'processing' });
    const { head, body } = sent();
    expect(head).toMatch(/^POST \/v72\/payments\/PSP1\/cancels HTTP/);
    expect(head).toMatch(new RegExp(`idempotency-key: ${transactionId}\\.1\\.cancel`, 'i'));
    expect(body).toEqual({ merchantAccount: 'Shop', reference: `${transactionId}.1` });
  });

  it('cancels a payment whose id never came by our reference', async () => {
    const adyen = await open(httpAnswer('201 Created', received));
    expect(await adyen.cancel(intentOf())).toMatchObject({ status: 'processing' });
    expect(sent().head).toMatch(/^POST \/v72\/cancels HTTP/);
    expect(sent().body).toMatchObject({ paymentReference: `${transactionId}.1` });
  });

  it('refunds by the id of the payment, with our id as its reference', async () => {
    const adyen = await open(httpAnswer('201 Created', received));
    const refund = newRefund(intentOf(), 'PSP1', '4.00');
    expect(await adyen.refund(refund)).toMatchObject({
      status: 'processing',
      providerRefundId: 'PSP2',
    });
    const { head, body } = sent();
    expect(head).toMatch(/^POST \/v72\/payments\/PSP1\/refunds HTTP/);
    expect(head).toMatch(new RegExp(`idempotency-key: ${refund.refundId}`, 'i'));
    const amount = { currency: 'USD', value: 400 };
    expect(body).toEqual({ merchantAccount: 'Shop', amount, reference: refund.refundId });
  });
});

describe('a payer who comes back from a page of Adyen', () => {
  const result = (merchantReference?: string) =>
    httpAnswer('200 OK', JSON.stringify({ ...JSON.parse(authorised), merchantReference }));

  it('brings the result, which is handed in under a key made from it', async () => {
    const adyen = await open(result(`${transactionId}.1`));
    const returned = { redirectResult: 'X6XtfGC3!Y...' };
    expect(await adyen.resume(intentOf(), returned)).toMatchObject({ status: 'completed' });
    const { head, body } = sent();
    expect(head).toMatch(/^POST \/v72\/payments\/details HTTP/);
    const key = /idempotency-key: (\S+)/i.exec(head)?.[1] ?? '';
    expect(key).toMatch(new RegExp(`^${transactionId}\\.1\\.[0-9a-f]{16}$`));
    expect(key.length).toBeLessThanOrEqual(64);
    expect(body).toEqual({ details: returned });
  });

  it.each([`${transactionId}.2`, 'another', undefined])(
    'with the result of another payment (%s) settles nothing',
    async (merchantReference) => {
      const adyen = await open(result(merchantReference));
      const call = adyen.resume(intentOf(), { redirectResult: 'stolen' });
      expect(await failureOf(call)).toMatchObject({ kind: 'outcome_unknown' });
    },
  );

  const nothing: Record<string, string>[] = [{}, { redirectResult: '' }, { payload: 'x' }];

  it.each(nothing)('with %j brings nothing', async (query) => {
    const adyen = await open(result(`${transactionId}.1`));
    expect(await adyen.resume(intentOf(), query)).toBe('unsupported');
    expect(server?.requests).toEqual([]);
  });
});
