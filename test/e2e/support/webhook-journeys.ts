import { createPayment, postRefund } from '../../factories/payments.js';
import type { Payment } from '../../factories/payments.js';
import { call } from '../../support/http.js';
import type { TestSystem } from '../../support/system.js';
import { decideAsPayer, refundByHand } from './sandbox.js';

/** How a payment ends, whatever its webhooks' order. */
export interface JourneyEnd {
  status: string;
  refunded: string;
  /** Status, amount and source of each refund. */
  refunds: string[];
  /** What was told of disputes. */
  disputes: string[];
}

/** A payment on its way, and the id of its refund: ours, or the provider's of one that was made there. */
export interface Begun {
  payment: Payment;
  refundId?: string;
}

/** A payment at one provider, up to where the rest is told by webhooks. */
export interface Journey {
  name: string;
  begin(system: TestSystem): Promise<Begun>;
  end: JourneyEnd;
}

const paid: JourneyEnd = { status: 'completed', refunded: '0.00', refunds: [], disputes: [] };
const failed: JourneyEnd = { ...paid, status: 'failed' };
const cancelled: JourneyEnd = { ...paid, status: 'cancelled' };
const disputeWon: JourneyEnd = { ...paid, disputes: ['dispute_opened', 'dispute_won'] };
const disputeLost: JourneyEnd = { ...paid, disputes: ['dispute_lost', 'dispute_opened'] };
const refundedBy = (source: string): JourneyEnd => ({
  ...{ ...paid, status: 'partially_refunded', refunded: '4.00' },
  refunds: [`completed 4.00 ${source}`],
});
const notRefunded: JourneyEnd = { ...paid, refunds: ['failed 4.00 api'] };

const pay =
  (fields: Record<string, unknown>) =>
  async (system: TestSystem): Promise<Begun> => {
    const body = { return_url: 'https://shop.example/thanks', ...fields };
    return { payment: await createPayment(system, body) };
  };

/** The payer approves, and comes back or closes the browser. */
const approve =
  (fields: Record<string, unknown>, comesBack: boolean) =>
  async (system: TestSystem): Promise<Begun> => {
    const { payment } = await pay(fields)(system);
    const location = await decideAsPayer(payment.next_action?.url ?? '', 'approve');
    if (comesBack && location) await fetch(location, { redirect: 'manual' });
    return { payment };
  };

/** Nobody has paid yet, and nobody shall. */
const cancel =
  (fields: Record<string, unknown>) =>
  async (system: TestSystem): Promise<Begun> => {
    const { payment } = await pay(fields)(system);
    const path = `/v1/transactions/${payment.id}/cancel`;
    const { status, text } = await call(system, 'POST', path, { body: { reason: 'Sold out' } });
    if (status !== 200) throw new Error(`not cancelled: ${text}`);
    return { payment };
  };

const refund =
  (begin: Journey['begin']) =>
  async (system: TestSystem): Promise<Begun> => {
    const { payment } = await begin(system);
    const { status, text, body } = await postRefund(system, payment.id, { amount: '4.00' });
    if (status !== 201) throw new Error(`no refund: ${text}`);
    return { payment, refundId: body.id };
  };

const refundInDashboard =
  (provider: string, begin: Journey['begin']) =>
  async (system: TestSystem): Promise<Begun> => {
    const { payment } = await begin(system);
    const id = payment.provider_transaction_id ?? '';
    return { payment, refundId: await refundByHand(system, provider, id, 400) };
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
  { name: 'challenge that is cancelled', begin: cancel(challenge), end: cancelled },
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
  { name: 'dispute that is won', begin: stripe('pm_sandbox_dispute_won'), end: disputeWon },
  { name: 'dispute that is lost', begin: stripe('pm_sandbox_dispute_lost'), end: disputeLost },
];

const adyenCard = (name: string) => ({
  ...{ provider: 'adyen', currency: 'EUR', payment_method_token: `shopper/${name}` },
});
const adyen = (name: string) => pay(adyenCard(name));

export const adyenJourneys: Journey[] = [
  { name: 'card and refund', begin: refund(adyen('visa')), end: refundedBy('api') },
  {
    name: 'card and refund in the dashboard',
    begin: refundInDashboard('adyen', adyen('visa')),
    end: refundedBy('provider'),
  },
  {
    name: 'challenge whose payer comes back',
    begin: approve(adyenCard('challenge'), true),
    end: paid,
  },
  { name: 'challenge that is cancelled', begin: cancel(adyenCard('challenge')), end: cancelled },
  { name: 'received', begin: adyen('received'), end: paid },
  { name: 'pending', begin: adyen('pending'), end: paid },
  { name: 'pending that fails', begin: adyen('pending_fail'), end: failed },
  { name: 'refund that fails', begin: refund(adyen('refund_fail')), end: notRefunded },
  { name: 'refund that comes back', begin: refund(adyen('refund_late_fail')), end: notRefunded },
  { name: 'several facts in one body', begin: adyen('batched_webhooks'), end: paid },
  { name: 'dispute that is won', begin: adyen('dispute_won'), end: disputeWon },
  { name: 'dispute that is lost', begin: adyen('dispute_lost'), end: disputeLost },
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
  { name: 'dispute that is won', begin: payPal('dispute-won'), end: disputeWon },
  { name: 'dispute that is lost', begin: payPal('dispute-lost'), end: disputeLost },
];
