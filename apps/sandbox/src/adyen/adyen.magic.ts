import { faultScripts } from '../faults.js';
import type { MagicValue } from '../provider.js';
import { refusals } from './adyen.refusals.js';

const cards: MagicValue[] = [
  { value: 'visa', says: 'Authorised. Also mc, amex.' },
  {
    value: 'challenge',
    says: 'RedirectShopper: the payer approves or declines on a page; /payments/details finishes it.',
  },
];

const declines: MagicValue[] = Object.entries(refusals).map(([value, refusal]) => ({
  value,
  says: `${refusal.resultCode}, ${refusal.code} ${refusal.reason}`,
}));

declines.push({
  value: 'unknown_decline',
  says: 'Refused, for a reason that Adyen does not publish; as a stored card only.',
});

const asynchronous: MagicValue[] = [
  { value: 'received', says: 'Received, then AUTHORISATION.' },
  { value: 'pending', says: 'Pending, then AUTHORISATION.' },
  { value: 'pending_fail', says: 'Pending, then AUTHORISATION with success=false.' },
];

const afterwards: MagicValue[] = [
  { value: 'refund_fail', says: 'Refunds end in REFUND with success=false.' },
  { value: 'refund_late_fail', says: 'REFUND, then REFUND_FAILED.' },
  { value: 'refund_reversed', says: 'REFUND, then REFUNDED_REVERSED.' },
  { value: 'dispute_won', says: 'A chargeback comes, and is reversed.' },
  { value: 'dispute_lost', says: 'A chargeback comes, and stays.' },
  { value: 'batched_webhooks', says: 'AUTHORISATION and CAPTURE come in one notification.' },
];

const scripts: MagicValue[] = Object.entries(faultScripts).map(([value, { says }]) => ({
  value,
  says,
}));
scripts.push({ value: 'slow_2000ms', says: 'Waits that long, then succeeds.' });

export const magicValues = [
  { title: 'Stored cards, as storedPaymentMethodId of any shopperReference', values: cards },
  { title: 'Declines, also as holderName', values: declines },
  { title: 'Asynchronous payments', values: asynchronous },
  { title: 'What comes afterwards', values: afterwards },
  { title: 'Fault scripts, as storedPaymentMethodId', values: scripts },
];
