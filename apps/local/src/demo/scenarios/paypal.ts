import type { Chapter } from '../scenario.js';
import { completes, declines, recovers, refunds } from '../stories.js';

const wallet = { provider: 'paypal', payment_method: 'e_wallet', currency: 'USD' } as const;
const card = { provider: 'paypal', payment_method: 'card', currency: 'USD' } as const;

export const paypal: Chapter = {
  provider: 'paypal',
  title: 'PayPal',
  shows:
    'The payer approves on a page of the provider; cards and wallets of the vault need no page.',
  scenarios: [
    completes('wallet, approved on a page', {
      ...{ ...wallet, amount: '18.90', payer: 'approve' },
    }),
    completes('wallet of the vault', {
      ...{ ...wallet, amount: '12.00', payment_method_token: 'sandbox-paypal-visa' },
    }),
    completes('card', { ...card, amount: '10.50', payment_method_token: 'sandbox-paypal-visa' }),
    completes('card with 3-D Secure', {
      ...{ ...card, amount: '48.00', payment_method_token: 'sandbox-paypal-3ds' },
      payer: 'approve',
    }),
    declines(
      'card without funds',
      { ...card, amount: '25.00', payment_method_token: 'sandbox-paypal-insufficient-funds' },
      'insufficient_funds',
    ),
    recovers('answer that never comes', {
      ...{ ...card, amount: '33.00' },
      payment_method_token: 'sandbox-paypal-timeout-then-success',
    }),
    refunds(
      'refunds',
      { ...card, amount: '100.00', payment_method_token: 'sandbox-paypal-visa' },
      '30.00',
      '70.00',
    ),
  ],
};
