import { randomUUID } from 'node:crypto';
import { createPayment, paymentBody, postPayment, postRefund } from '../factories/payments.js';
import type { Attempt } from '../factories/payments.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { unmappedCount } from './support/metrics.js';
import { behave, charges, ledgerRefunds, paidCharges } from './support/sandbox.js';

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

describe('a payment', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system?.stop());

  it('completes, and its answer shows every field', async () => {
    const requestId = randomUUID();
    const body = paymentBody({
      customer_name: 'Jane Doe',
      customer_phone: '+1 555 0100',
      customer_ip_address: '203.0.113.7',
      customer_user_agent: 'Browser/1.0',
      reference: 'order-2041',
      description: 'Two tickets',
      metadata: { cart: 'c-77' },
      return_url: 'https://shop.example/thanks',
    });
    const answer = await call(system, 'POST', '/v1/transactions', {
      ...{ body, idempotencyKey: 'order-2041', headers: { 'x-request-id': requestId } },
    });
    expect(answer.status).toBe(201);
    const { payment_method_token: _token, ...sent } = body;
    const { customer_ip_address: ip, customer_user_agent: agent, ...shown } = sent;
    expect(answer.body).toEqual({
      ...shown,
      ...{ object: 'transaction', id: expect.stringMatching(uuidV7) as string },
      ...{ status: 'completed', idempotency_key: 'order-2041', request_id: requestId },
      ...{ ip_address: ip, user_agent: agent },
      ...{ amount_minor: 1050, amount_refunded: '0.00', amount_refundable: '10.50' },
      ...{ provider: 'stripe', provider_account: 'default', provider_customer_id: null },
      provider_transaction_id: expect.stringMatching(/^pi_/) as string,
      ...{ next_action: null, error_code: null, error_message: null, decline_code: null },
      ...{
        retry_advice: null,
        retry_count: 0,
        cancellation_reason: null,
        version: 2,
        archived: false,
        livemode: false,
      },
      created_at: expect.stringMatching(timestamp) as string,
      updated_at: expect.stringMatching(timestamp) as string,
      processed_at: expect.stringMatching(timestamp) as string,
      ...{ failed_at: null, cancelled_at: null, cancel_requested_at: null, expires_at: null },
    });
  });

  it('is charged once, in minor units, under a key made of its id and attempt', async () => {
    const { id } = await createPayment(system);
    expect(await charges(system, id)).toEqual([
      expect.objectContaining({
        ...{ transaction_id: id, idempotency_key: `${id}.1` },
        ...{ amount: 1050, currency: 'USD', status: 'succeeded', refunded: 0 },
      }),
    ]);
  });

  it.each([
    ['completed', { payment_method_token: 'pm_card_visa' }],
    ['failed', { payment_method_token: 'pm_card_visa_chargeDeclined' }],
    ['pending', { confirm: false }],
  ])('that is %s reads later byte for byte as it was answered', async (status, changes) => {
    const answer = await postPayment(system, changes);
    expect(answer.body.status).toBe(status);
    const read = await call(system, 'GET', `/v1/transactions/${answer.body.id}`);
    expect(read.status).toBe(200);
    expect(read.text).toBe(answer.text);
  });

  it('without optional fields shows them as null and takes the address of the caller', async () => {
    const answer = await call(system, 'POST', '/v1/transactions', {
      ...{ body: paymentBody(), headers: { 'user-agent': 'Partner/2.0' } },
    });
    expect(answer.body).toMatchObject({
      ...{ customer_name: null, customer_phone: null, reference: null, description: null },
      ...{ metadata: null, return_url: null, ip_address: '127.0.0.1', user_agent: 'Partner/2.0' },
    });
  });

  it.each([
    ['JPY', '500', 500],
    ['THB', '100.50', 10_050],
    ['EUR', '7.1', 710],
  ])('in %s of %s is charged as %i minor units', async (currency, amount, minor) => {
    const payment = await createPayment(system, { currency, amount });
    expect(payment).toMatchObject({ status: 'completed', amount_minor: minor });
    expect(payment.amount).toBe({ JPY: '500', THB: '100.50', EUR: '7.10' }[currency]);
    const [charge] = await charges(system, payment.id);
    expect(charge).toMatchObject({ amount: minor, currency });
  });

  it('keeps text of every script as it came', async () => {
    const description = "Zwölf Äpfel, ส้มสองลูก, 🍏🍎, O'Reilly; DROP TABLE transactions;--";
    const payment = await createPayment(system, { description, metadata: { note: description } });
    expect(payment).toMatchObject({ description, metadata: { note: description } });
  });

  it.each([
    ['pm_card_visa_chargeDeclined', 'card_declined'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'lost_or_stolen'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'lost_or_stolen'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error'],
    ['pm_card_radarBlock', 'suspected_fraud'],
  ])('with %s is 201 and failed with %s', async (token, declineCode) => {
    const answer = await postPayment(system, { payment_method_token: token });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...{ status: 'failed', error_code: 'payment_declined', decline_code: declineCode },
      error_message: expect.stringMatching(/card/i) as string,
      failed_at: expect.stringMatching(timestamp) as string,
      ...{ processed_at: null, amount_refundable: '0.00' },
    });
    expect(await paidCharges(system, answer.body.id)).toEqual([]);
  });

  it('with a token that the provider does not know fails as rejected', async () => {
    const answer = await postPayment(system, { payment_method_token: 'pm_no_such_token' });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ status: 'failed', error_code: 'provider_rejected' });
  });

  describe.each([
    ['stripe', 'pm_sandbox_unknown_decline', 'declined_by_the_moon'],
    ['adyen', 'sandbox/unknown_decline', '999'],
    ['paypal', 'sandbox-paypal-unknown-decline', 'ZZZZ'],
  ])('that %s ends with a code that nobody knows', (provider, declining, declineCode) => {
    const refusalCode = {
      ...{ stripe: 'refused_by_the_moon', adyen: '999', paypal: 'REFUSED_BY_THE_MOON' },
    }[provider] as string;
    const refusing = declining.replace('decline', 'refusal');
    const visa = { stripe: 'pm_card_visa', adyen: 'sandbox/visa', paypal: 'sandbox-paypal-visa' };

    it.each([
      ['a decline', declining, declineCode],
      ['a refused call', refusing, refusalCode],
    ])('fails by %s as an error of processing, and is counted', async (_how, token, code) => {
      const before = await unmappedCount(system, provider, code);
      const payment = await createPayment(system, { payment_method_token: token });
      expect(payment).toMatchObject({
        ...{ status: 'failed', provider, retry_count: 0, retry_advice: 'never' },
        ...{ error_code: 'payment_declined', decline_code: 'processing_error' },
      });
      const path = `/v1/transactions/${payment.id}?expand=attempts`;
      const { body } = await call<{ attempts: Attempt[] }>(system, 'GET', path);
      expect(body.attempts).toMatchObject([
        { status: 'declined', certainty: 'confirmed', provider_error_code: code },
      ]);
      expect(await unmappedCount(system, provider, code)).toBe(before + 1);
      expect(await paidCharges(system, payment.id)).toEqual([]);
    });

    it('fails its refund as an error of processing, and is counted', async () => {
      const before = await unmappedCount(system, provider, refusalCode);
      const token = visa[provider as keyof typeof visa];
      const { id } = await createPayment(system, { payment_method_token: token });
      const path = { stripe: '/v1/refunds', adyen: '/v72/', paypal: '/v2/payments/' }[provider];
      await behave(system, { script: 'unknown_refusal', method: 'POST', path });
      const { body: refund } = await postRefund(system, id, { reason: 'Returned' });
      expect(refund).toMatchObject({
        ...{ status: 'failed', error_code: 'processing_error' },
        error_message: expect.stringContaining(refusalCode) as string,
      });
      expect(await unmappedCount(system, provider, refusalCode)).toBe(before + 1);
      expect(await ledgerRefunds(system, id)).toEqual([]);
    });
  });
});
