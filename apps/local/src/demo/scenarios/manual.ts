import type { Chapter } from '../scenario.js';
import { settledByHand } from '../stories-by-hand.js';

const transfer = { provider: 'manual', payment_method: 'bank_transfer', currency: 'EUR' } as const;

export const manual: Chapter = {
  provider: 'manual',
  title: 'By hand',
  shows: 'People receive the money; an operator settles with a reference to the evidence.',
  scenarios: [
    settledByHand('bank transfer that arrives', { ...transfer, amount: '250.00' }, 'completed'),
    settledByHand(
      'wallet',
      { ...transfer, payment_method: 'e_wallet', amount: '18.90' },
      'completed',
    ),
    settledByHand(
      'crypto',
      { ...transfer, payment_method: 'crypto', amount: '75.00' },
      'completed',
    ),
    settledByHand('bank transfer that does not', { ...transfer, amount: '40.00' }, 'failed'),
  ],
};
