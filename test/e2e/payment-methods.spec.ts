import { createPayment, postPayment, readPayment } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { charges, decideAsPayer } from './support/sandbox.js';
import { until } from './support/until.js';

const payer = {
  customer_ip_address: '203.0.113.7',
  browser: { user_agent: 'Mozilla/5.0' },
};
const wayBack = { return_url: 'https://shop.example/thanks' };

describe('a payment that is not by card', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ env: { WORKER_POLL_MS: '100' } });
  });
  afterAll(() => system?.stop());

  function settled(id: string): Promise<Payment> {
    const isSettled = ({ status }: Payment) => status !== 'processing';
    return until('its end', () => readPayment(system, id), isSettled);
  }

  it.each([
    ['pm_usBankAccount_success', 'USD', { status: 'completed', decline_code: null }],
    ['pm_usBankAccount_accountClosed', 'USD', { status: 'failed', decline_code: 'invalid_card' }],
    ['pm_sepaDebit_success_at', 'EUR', { status: 'completed', decline_code: null }],
  ])('a debit by %s in %s is processing until the bank has spoken', async (...row) => {
    const [token, currency, end] = row;
    const debit = { payment_method: 'bank_transfer', payment_method_token: token, currency };
    const { id, status } = await createPayment(system, { ...debit, ...payer });
    expect(status).toBe('processing');
    expect(await settled(id)).toMatchObject(end);
  });

  it('a debit is refused when nobody shows that the payer agreed, and nothing is taken', async () => {
    const debit = {
      payment_method: 'bank_transfer',
      payment_method_token: 'pm_usBankAccount_success',
    };
    const payment = await createPayment(system, debit);
    expect(payment).toMatchObject({ status: 'failed', error_code: 'provider_rejected' });
    expect(await charges(system, payment.id)).toEqual([]);
  });

  it.each([
    ['e_wallet', 'pm_sandbox_alipay', 'approve', 'completed'],
    ['e_wallet', 'pm_sandbox_alipay', 'decline', 'failed'],
    ['crypto', 'pm_sandbox_crypto', 'approve', 'completed'],
    ['crypto', 'pm_sandbox_crypto', 'decline', 'failed'],
  ] as const)('%s by %s sends the payer to a page; %s makes it %s', async (...row) => {
    const [method, token, decision, end] = row;
    const chosen = { payment_method: method, payment_method_token: token };
    const { id, next_action: next } = await createPayment(system, { ...chosen, ...wayBack });
    expect(next).toMatchObject({ type: 'redirect' });
    await decideAsPayer(next?.url ?? '', decision);
    expect(await settled(id)).toMatchObject({ status: end, next_action: null });
  });

  it('crypto has nobody who takes it in another currency than dollars', async () => {
    const crypto = { payment_method: 'crypto', payment_method_token: 'pm_sandbox_crypto' };
    const answer = await postPayment(system, { ...crypto, ...wayBack, currency: 'EUR' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'no_provider_available' } });
  });
});
