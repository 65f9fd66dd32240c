import { type Fault, faultNamed } from '../faults.js';
import { debitOf } from './stripe.debits.js';
import { disputeOf, type DisputePlan } from './stripe.dispute-plans.js';
import type { MethodType } from './stripe.methods.js';
import type { Failure } from './stripe.records.js';

/** What a magic payment method does when it is charged, and when its charge is refunded. */
export interface TokenBehaviour {
  outcome:
    | 'succeed'
    | 'decline'
    | 'authenticate'
    | 'settle'
    | 'settle_fail'
    | 'settle_never'
    | 'late_success';
  failure: Failure;
  refund: 'succeed' | 'pending' | 'fail' | 'late_fail';
  fault: Fault;
  method: MethodType;
  /** What the payer does some time after the payment succeeded. */
  dispute?: DisputePlan;
}

function cardFailure(code: string, message: string, declineCode?: string): Failure {
  return { type: 'card_error', code, message, declineCode };
}

const declined = 'Your card was declined.';
const genericDecline = cardFailure('card_declined', declined, 'generic_decline');

/** Published at docs.stripe.com/testing, read 2026; both spellings, with and without the brand, are taken. */
const declines: Record<string, Failure> = {
  '': genericDecline,
  InsufficientFunds: cardFailure(
    'card_declined',
    'Your card has insufficient funds.',
    'insufficient_funds',
  ),
  LostCard: cardFailure('card_declined', declined, 'lost_card'),
  StolenCard: cardFailure('card_declined', declined, 'stolen_card'),
  VelocityLimitExceeded: cardFailure('card_declined', declined, 'card_velocity_exceeded'),
  ExpiredCard: cardFailure('expired_card', 'Your card has expired.'),
  IncorrectCvc: cardFailure('incorrect_cvc', "Your card's security code is incorrect."),
  ProcessingError: cardFailure(
    'processing_error',
    'An error occurred while processing your card. Try again in a little bit.',
  ),
};

/** A code that Stripe does not publish, as it might publish tomorrow. */
const unknownDecline = cardFailure('card_declined', declined, 'declined_by_the_moon');
const fraudulent = cardFailure('card_declined', declined, 'fraudulent');

const plain: TokenBehaviour = {
  outcome: 'succeed',
  failure: genericDecline,
  refund: 'succeed',
  fault: {},
  method: 'card',
};

/** Stripe publishes no such test methods: its payers choose on a test page, which these lead to. */
const redirected: TokenBehaviour = { ...plain, outcome: 'authenticate' };

const named: Record<string, TokenBehaviour> = {
  pm_card_visa: plain,
  pm_card_visa_debit: plain,
  pm_card_mastercard: plain,
  pm_card_amex: plain,
  pm_card_jcb: plain,
  pm_card_authenticationRequired: { ...plain, outcome: 'authenticate' },
  pm_card_threeDSecure2Required: { ...plain, outcome: 'authenticate' },
  pm_card_radarBlock: { ...plain, outcome: 'decline', failure: fraudulent },
  pm_card_pendingRefund: { ...plain, refund: 'pending' },
  pm_card_refundFail: { ...plain, refund: 'late_fail' },
  pm_sandbox_async_success: { ...plain, outcome: 'settle' },
  pm_sandbox_async_fail: { ...plain, outcome: 'settle_fail' },
  pm_sandbox_alipay: { ...redirected, method: 'alipay' },
  pm_sandbox_grabpay: { ...redirected, method: 'grabpay' },
  pm_sandbox_crypto: { ...redirected, method: 'crypto' },
  pm_sandbox_unknown_decline: { ...plain, outcome: 'decline', failure: unknownDecline },
  pm_sandbox_refund_pending: { ...plain, refund: 'pending' },
  pm_sandbox_refund_fail: { ...plain, refund: 'fail' },
};

/** The behaviour of a magic payment method, or `undefined` for one that does not exist. */
export function behaviourOf(token: string): TokenBehaviour | undefined {
  if (Object.hasOwn(named, token)) return named[token];
  const debit = debitOf(token);
  if (debit) {
    const { isDisputed, ...rest } = debit;
    return { ...plain, ...rest, dispute: isDisputed && disputeOf('pm_sandbox_dispute_lost') };
  }
  const dispute = disputeOf(token);
  if (dispute) return { ...plain, dispute };
  const decline = /^pm_card_(?:visa_)?chargeDeclined(\w*)$/.exec(token);
  if (decline) {
    const suffix = decline[1] ?? '';
    return Object.hasOwn(declines, suffix)
      ? { ...plain, outcome: 'decline', failure: declines[suffix] }
      : undefined;
  }
  const script = /^pm_sandbox_(\w+)$/.exec(token)?.[1];
  const fault = script === undefined ? undefined : faultNamed(script);
  return fault && underFault({ ...plain, fault }, fault);
}

/** The behaviour once a fault has had its say. */
export function underFault(behaviour: TokenBehaviour, fault: Fault): TokenBehaviour {
  return {
    ...behaviour,
    outcome: fault.outcome ?? behaviour.outcome,
    refund: fault.refund ?? behaviour.refund,
  };
}

export function brandOf(token: string): { brand: string; last4: string } {
  if (token.includes('mastercard')) return { brand: 'mastercard', last4: '4444' };
  if (token.includes('amex')) return { brand: 'amex', last4: '8431' };
  if (token.includes('jcb')) return { brand: 'jcb', last4: '0505' };
  return { brand: 'visa', last4: '4242' };
}
