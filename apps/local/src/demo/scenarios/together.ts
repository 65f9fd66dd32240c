import type { Chapter } from '../scenario.js';
import { failsOver, repeats } from '../stories-together.js';

export const together: Chapter = {
  provider: 'every',
  title: 'Whatever the provider',
  shows: 'A payment goes on at the next provider, and a request can be repeated.',
  scenarios: [
    failsOver(
      'next provider',
      {
        ...{ amount: '42.00', currency: 'EUR', payment_method: 'card' },
        payment_method_tokens: {
          stripe: 'pm_card_chargeDeclined',
          adyen: 'sandbox/visa',
        },
      },
      'adyen',
    ),
    repeats('same request twice', {
      ...{ amount: '7.25', currency: 'GBP', payment_method: 'card', provider: 'stripe' },
      payment_method_token: 'pm_card_visa',
    }),
  ],
};
