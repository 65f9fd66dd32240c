import type { Chapter } from '../scenario.js';
import { completes, declines, recovers, refunds } from '../stories.js';

const card = { provider: 'adyen', payment_method: 'card', currency: 'EUR' } as const;

export const adyen: Chapter = {
  provider: 'adyen',
  title: 'Adyen',
  shows: 'Cards on file; banks and wallets by redirect; refunds whose verdict comes by webhook.',
  scenarios: [
    completes('card', { ...card, amount: '10.50', payment_method_token: 'sandbox/visa' }),
    completes('card with 3-D Secure', {
      ...{ ...card, amount: '48.00', payment_method_token: 'sandbox/challenge' },
      payer: 'approve',
    }),
    completes('bank transfer', {
      ...{ provider: 'adyen', payment_method: 'bank_transfer', currency: 'EUR' },
      ...{ amount: '64.20', payer: 'approve' },
    }),
    completes('wallet', {
      ...{ provider: 'adyen', payment_method: 'e_wallet', currency: 'EUR' },
      ...{ amount: '18.90', payer: 'approve' },
    }),
    declines(
      'card without funds',
      { ...card, amount: '25.00', payment_method_token: 'sandbox/NOT_ENOUGH_BALANCE' },
      'insufficient_funds',
    ),
    recovers('answer that never comes', {
      ...{ ...card, amount: '33.00', payment_method_token: 'sandbox/timeout_then_success' },
    }),
    refunds(
      'refunds',
      { ...card, amount: '100.00', payment_method_token: 'sandbox/visa' },
      '30.00',
      '70.00',
    ),
  ],
};
