import { faultScripts } from '../faults.js';
import type { MagicValue } from '../provider.js';

const cards: MagicValue[] = [
  { value: 'pm_card_visa', says: 'Succeeds. Also mastercard, amex, jcb, visa_debit.' },
  { value: 'pm_card_visa_chargeDeclined', says: 'card_declined, generic_decline' },
  {
    value: 'pm_card_visa_chargeDeclinedInsufficientFunds',
    says: 'card_declined, insufficient_funds',
  },
  { value: 'pm_card_visa_chargeDeclinedLostCard', says: 'card_declined, lost_card' },
  { value: 'pm_card_visa_chargeDeclinedStolenCard', says: 'card_declined, stolen_card' },
  {
    value: 'pm_card_visa_chargeDeclinedVelocityLimitExceeded',
    says: 'card_declined, card_velocity_exceeded',
  },
  { value: 'pm_card_chargeDeclinedExpiredCard', says: 'expired_card' },
  { value: 'pm_card_chargeDeclinedIncorrectCvc', says: 'incorrect_cvc' },
  { value: 'pm_card_chargeDeclinedProcessingError', says: 'processing_error' },
  { value: 'pm_card_radarBlock', says: 'card_declined, fraudulent' },
  { value: 'pm_sandbox_unknown_decline', says: 'A decline code that Stripe does not publish.' },
  {
    value: 'pm_card_authenticationRequired',
    says: 'requires_action: the payer approves or declines on a page. Give a return_url.',
  },
];

const asynchronous: MagicValue[] = [
  { value: 'pm_sandbox_async_success', says: 'processing, then succeeds.' },
  { value: 'pm_sandbox_async_fail', says: 'processing, then fails.' },
];

const debits: MagicValue[] = [
  { value: 'pm_usBankAccount_success', says: 'USD; processing, then succeeds. Give mandate_data.' },
  {
    value: 'pm_usBankAccount_accountClosed',
    says: 'processing, then fails. Also noAccount, insufficientFunds, debitNotAuthorized.',
  },
  { value: 'pm_usBankAccount_processing', says: 'Stays processing until it is cancelled.' },
  { value: 'pm_usBankAccount_dispute', says: 'Succeeds, is disputed and lost.' },
  {
    value: 'pm_sepaDebit_success_at',
    says: 'The same in EUR. Also failed, insufficientFunds, disputed, with any country.',
  },
];

const redirects: MagicValue[] = [
  {
    value: 'pm_sandbox_alipay',
    says: 'requires_action: the payer approves or declines on a page. Give a return_url.',
  },
  { value: 'pm_sandbox_grabpay', says: 'The same in MYR and SGD.' },
  { value: 'pm_sandbox_crypto', says: 'The same in USD; processing once approved, then succeeds.' },
];

const disputes: MagicValue[] = [
  {
    value: 'pm_card_createDispute',
    says: 'Succeeds and is disputed. Also createDisputeProductNotReceived.',
  },
  { value: 'pm_card_createDisputeInquiry', says: 'Succeeds; the bank only asks.' },
  { value: 'pm_sandbox_dispute_won', says: 'Is disputed; the dispute is won.' },
  { value: 'pm_sandbox_dispute_lost', says: 'Is disputed; the dispute is lost.' },
];

const refunds: MagicValue[] = [
  {
    value: 'pm_sandbox_refund_pending',
    says: 'Refunds are pending, then succeed. Also pm_card_pendingRefund.',
  },
  { value: 'pm_sandbox_refund_fail', says: 'Refunds are pending, then fail.' },
  {
    value: 'pm_sandbox_refund_late_fail',
    says: 'Refunds succeed, then fail. Also pm_card_refundFail.',
  },
];

const scripts: MagicValue[] = Object.entries(faultScripts).map(([name, { says }]) => ({
  value: `pm_sandbox_${name}`,
  says,
}));
scripts.push({ value: 'pm_sandbox_slow_2000ms', says: 'Waits that long, then succeeds.' });

export const magicValues = [
  { title: 'Cards', values: cards },
  { title: 'Bank debits', values: debits },
  { title: 'Wallets and crypto', values: redirects },
  { title: 'Asynchronous payments', values: asynchronous },
  { title: 'Disputes', values: disputes },
  { title: 'Refunds', values: refunds },
  { title: 'Fault scripts', values: scripts },
];
