import type { Chapter } from '../scenario.js';
import { completes, declines, recovers, refunds } from '../stories.js';

const card = { provider: 'stripe', payment_method: 'card', currency: 'USD' } as const;

export const stripe: Chapter = {
  provider: 'stripe',
  title: 'Stripe',
  shows: 'Tokens for every method; 3-D Secure and wallets on a page of the provider.',
  scenarios: [
    completes('card', { ...card, amount: '10.50', payment_method_token: 'pm_card_visa' }),
    completes('card with 3-D Secure', {
      ...{ ...card, amount: '48.00', payment_method_token: 'pm_card_authenticationRequired' },
      payer: 'approve',
    }),
    completes('bank transfer', {
      ...{ ...card, payment_method: 'bank_transfer', amount: '120.00' },
      payment_method_token: 'pm_usBankAccount_success',
      customer_ip_address: '203.0.113.7',
      browser: { user_agent: 'Mozilla/5.0 (demo)' },
    }),
    completes('wallet', {
      ...{ ...card, payment_method: 'e_wallet', amount: '18.90' },
      ...{ payment_method_token: 'pm_sandbox_alipay', payer: 'approve' },
    }),
    completes('crypto', {
      ...{ ...card, payment_method: 'crypto', amount: '75.00' },
      ...{ payment_method_token: 'pm_sandbox_crypto', payer: 'approve' },
    }),
    declines(
      'card without funds',
      {
        ...{ ...card, currency: 'EUR', amount: '25.00' },
        payment_method_token: 'pm_card_visa_chargeDeclinedInsufficientFunds',
      },
      'insufficient_funds',
    ),
    recovers('answer that never comes', {
      ...{ ...card, amount: '33.00', payment_method_token: 'pm_sandbox_timeout_then_success' },
    }),
    refunds(
      'refunds',
      { ...card, amount: '100.00', payment_method_token: 'pm_card_visa' },
      '30.00',
      '70.00',
    ),
  ],
};
