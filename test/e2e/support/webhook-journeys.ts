import { createPayment, postRefund } from '../../factories/payments.js';
import type { Payment } from '../../factories/payments.js';
import type { TestSystem } from '../../support/system.js';
import { decideAsPayer, refundByHand } from './sandbox.js';

/** How a payment ends, whatever its webhooks' order. */
export interface JourneyEnd {
  status: string;
  refunded: string;
  /** Status, amount and source of each refund. */
  refunds: string[];
}

/** A payment at one provider, up to where the rest is told by webhooks. */
export interface Journey {
  name: string;
  begin(system: TestSystem): Promise<Payment>;
  end: JourneyEnd;
}

const paid: JourneyEnd = { status: 'completed', refunded: '0.00', refunds: [] };
const failed: JourneyEnd = { ...paid, status: 'failed' };
const refundedBy = (source: string): JourneyEnd => ({
  ...{ status: 'partially_refunded', refunded: '4.00' },
  refunds: [`completed 4.00 ${source}`],
});
const notRefunded: JourneyEnd = { ...paid, refunds: ['failed 4.00 api'] };

const pay = (fields: Record<string, unknown>) => (system: TestSystem) =>
  createPayment(system, { return_url: 'https://shop.example/thanks', ...fields });

/** The payer approves, and comes back or closes the browser. */
const approve =
  (fields: Record<string, unknown>, comesBack: boolean) =>
  async (system: TestSystem): Promise<Payment> => {
    const payment = await pay(fields)(system);
    const location = await decideAsPayer(payment.next_action?.url ?? '', 'approve');
    if (comesBack && location) await fetch(location, { redirect: 'manual' });
    return payment;
  };

const refund = (begin: Journey['begin']) => async (system: TestSystem) => {
  const payment = await begin(system);
  const { status, text } = await postRefund(system, payment.id, { amount: '4.00' });
  if (status !== 201) throw new Error(`no refund: ${text}`);
  return payment;
};

const refundInDashboard =
  (provider: string, begin: Journey['begin']) => async (system: TestSystem) => {
    const payment = await begin(system);
    await refundByHand(system, provider, payment.provider_transaction_id ?? '', 400);
    return payment;
  };

const card = (provider: string, token: string, currency = 'USD') =>
  pay({ provider, currency, payment_method_token: token });

const stripe = (token: string) => card('stripe', token);
const challenge = { provider: 'stripe', payment_method_token: 'pm_card_authenticationRequired' };

export const stripeJourneys: Journey[] = [
  { name: 'card and refund', begin: refund(stripe('pm_card_visa')), end: refundedBy('api') },
  { name: 'challenge', begin: approve(challenge, false), end: paid },
  {
    name: 'challenge and refund in the dashboard',
    begin: refundInDashboard('stripe', approve(challenge, false)),
    end: refundedBy('provider'),
  },
  { name: 'debit', begin: stripe('pm_sandbox_async_success'), end: paid },
  { name: 'debit that fails', begin: stripe('pm_sandbox_async_fail'), end: failed },
  { name: 'late success', begin: stripe('pm_sandbox_late_success'), end: paid },
  { name: 'lost answer', begin: stripe('pm_sandbox_garbage_body'), end: paid },
  {
    name: 'slow refund',
    begin: refund(stripe('pm_sandbox_refund_pending')),
    end: refundedBy('api'),
  },
  {
    name: 'refund that comes back',
    begin: refund(stripe('pm_sandbox_refund_late_fail')),
    end: notRefunded,
  },
];

const adyen = (card_: string) => card('adyen', `shopper/${card_}`, 'EUR');

export const adyenJourneys: Journey[] = [
  { name: 'card and refund', begin: refund(adyen('visa')), end: refundedBy('api') },
  {
    name: 'card and refund in the dashboard',
    begin: refundInDashboard('adyen', adyen('visa')),
    end: refundedBy('provider'),
  },
  { name: 'received', begin: adyen('received'), end: paid },
  { name: 'pending', begin: adyen('pending'), end: paid },
  { name: 'pending that fails', begin: adyen('pending_fail'), end: failed },
  { name: 'refund that fails', begin: refund(adyen('refund_fail')), end: notRefunded },
  { name: 'refund that comes back', begin: refund(adyen('refund_late_fail')), end: notRefunded },
  { name: 'several facts in one body', begin: adyen('batched_webhooks'), end: paid },
  { name: 'dispute', begin: adyen('dispute_won'), end: paid },
];

const payPal = (token: string) => card('paypal', `sandbox-paypal-${token}`);
const wallet = { provider: 'paypal', payment_method: 'e_wallet', payment_method_token: undefined };

export const payPalJourneys: Journey[] = [
  { name: 'card and refund', begin: refund(payPal('visa')), end: refundedBy('api') },
  {
    name: 'card and refund in the dashboard',
    begin: refundInDashboard('paypal', payPal('visa')),
    end: refundedBy('provider'),
  },
  { name: 'wallet whose payer comes back', begin: approve(wallet, true), end: paid },
  { name: 'wallet whose payer does not', begin: approve(wallet, false), end: paid },
  { name: 'pending', begin: payPal('pending'), end: paid },
  { name: 'pending that fails', begin: payPal('pending-fail'), end: failed },
  { name: 'slow refund', begin: refund(payPal('refund-pending')), end: refundedBy('api') },
  { name: 'refund that fails', begin: refund(payPal('refund-fail')), end: notRefunded },
  { name: 'dispute', begin: payPal('dispute-won'), end: paid },
];
