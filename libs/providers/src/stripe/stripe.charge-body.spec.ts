import type { ChargeIntent } from '../port.js';
import { toChargeBody } from './stripe.charge-body.js';

const intent: ChargeIntent = {
  idempotencyKey: 'tx_1.1',
  transactionId: 'tx_1',
  amount: '10.50',
  currency: 'USD',
  paymentMethod: 'card',
  paymentMethodToken: 'pm_1',
  payer: { email: 'a@b.test', name: 'A B', phone: '+46' },
};
const browser = { ipAddress: '203.0.113.7', browser: { user_agent: 'Mozilla/5.0' } };

describe('the body of a charge', () => {
  it('says no more than it must', () => {
    expect(toChargeBody(intent)).toEqual({
      amount: 1050,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_1',
      metadata: { transaction_id: 'tx_1', attempt_key: 'tx_1.1' },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
  });

  it('takes methods that redirect when the payer can come back', () => {
    const body = toChargeBody({ ...intent, returnUrl: 'https://shop.test' });
    expect(body).toMatchObject({ return_url: 'https://shop.test' });
    expect(body).not.toHaveProperty('automatic_payment_methods');
  });

  it('of a bank debit says where the payer accepted the mandate', () => {
    const debit = { ...intent, paymentMethod: 'bank_transfer' as const, payer: browser };
    expect(toChargeBody(debit).mandate_data).toEqual({
      customer_acceptance: {
        type: 'online',
        online: { ip_address: '203.0.113.7', user_agent: 'Mozilla/5.0' },
      },
    });
  });

  it.each([
    ['card', browser],
    ['e_wallet', browser],
    ['bank_transfer', { ipAddress: '203.0.113.7' }],
    ['bank_transfer', { ipAddress: '203.0.113.7', userAgent: 'partner-server/1.0' }],
    ['bank_transfer', { ipAddress: '203.0.113.7', browser: { user_agent: 7 } }],
    ['bank_transfer', { browser: { user_agent: 'Mozilla/5.0' } }],
  ] as const)('of %s by %j claims no mandate', (paymentMethod, payer) => {
    expect(toChargeBody({ ...intent, paymentMethod, payer })).not.toHaveProperty('mandate_data');
  });

  it("makes a payment method of a card's token", () => {
    const body = toChargeBody({ ...intent, paymentMethodToken: 'tok_visa' });
    expect(body.payment_method_data).toEqual({ type: 'card', card: { token: 'tok_visa' } });
    expect(body).not.toHaveProperty('payment_method');
  });
});
