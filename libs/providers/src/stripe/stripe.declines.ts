import { type CodeRow, unmappedMeaning } from '../code-table.js';
import type { DeclineCode, RawDecline, RetryAdvice } from '../port.js';

type Verdict = readonly [DeclineCode, RetryAdvice];

const customer = 'after_customer_action';

/** Stripe's decline codes and error codes of a failed payment (docs.stripe.com/declines/codes and /error-codes), and ours. */
const verdicts: Readonly<Record<string, Verdict>> = {
  insufficient_funds: ['insufficient_funds', customer],
  card_velocity_exceeded: ['insufficient_funds', customer],
  withdrawal_count_limit_exceeded: ['insufficient_funds', customer],
  expired_card: ['expired_card', customer],
  invalid_expiry_month: ['expired_card', customer],
  invalid_expiry_year: ['expired_card', customer],
  incorrect_number: ['invalid_card', customer],
  invalid_number: ['invalid_card', customer],
  invalid_account: ['invalid_card', customer],
  new_account_information_available: ['invalid_card', customer],
  card_not_supported: ['invalid_card', customer],
  currency_not_supported: ['invalid_card', customer],
  incorrect_cvc: ['incorrect_cvc', customer],
  invalid_cvc: ['incorrect_cvc', customer],
  incorrect_zip: ['card_declined', customer],
  incorrect_address: ['card_declined', customer],
  lost_card: ['lost_or_stolen', 'never'],
  stolen_card: ['lost_or_stolen', 'never'],
  pickup_card: ['lost_or_stolen', 'never'],
  fraudulent: ['suspected_fraud', 'never'],
  merchant_blacklist: ['suspected_fraud', 'never'],
  security_violation: ['suspected_fraud', 'never'],
  authentication_required: ['authentication_failed', customer],
  authentication_not_handled: ['authentication_failed', customer],
  payment_intent_authentication_failure: ['authentication_failed', customer],
  mobile_device_authentication_required: ['authentication_failed', customer],
  offline_pin_required: ['authentication_failed', customer],
  online_or_offline_pin_required: ['authentication_failed', customer],
  incorrect_pin: ['authentication_failed', customer],
  invalid_pin: ['authentication_failed', customer],
  pin_try_exceeded: ['authentication_failed', customer],
  processing_error: ['processing_error', 'same_provider'],
  try_again_later: ['processing_error', 'same_provider'],
  reenter_transaction: ['processing_error', 'same_provider'],
  approve_with_id: ['processing_error', 'same_provider'],
  payment_intent_payment_attempt_expired: ['processing_error', 'same_provider'],
  issuer_not_available: ['provider_unavailable', 'same_provider'],
  do_not_try_again: ['card_declined', 'never'],
  restricted_card: ['card_declined', 'never'],
  stop_payment_order: ['card_declined', 'never'],
  revocation_of_authorization: ['card_declined', 'never'],
  revocation_of_all_authorizations: ['card_declined', 'never'],
  testmode_decline: ['card_declined', 'never'],
  duplicate_transaction: ['card_declined', 'never'],
  generic_decline: ['card_declined', 'other_provider'],
  do_not_honor: ['card_declined', 'other_provider'],
  no_action_taken: ['card_declined', 'other_provider'],
  service_not_allowed: ['card_declined', 'other_provider'],
  transaction_not_allowed: ['card_declined', 'other_provider'],
  not_permitted: ['card_declined', 'other_provider'],
  call_issuer: ['card_declined', customer],
  invalid_amount: ['card_declined', customer],
  card_declined: ['card_declined', 'other_provider'],
  expired_payment_method: ['expired_card', customer],
  account_closed: ['invalid_card', customer],
  no_account: ['invalid_card', customer],
  account_number_invalid: ['invalid_card', customer],
  bank_account_unusable: ['invalid_card', customer],
  bank_account_unverified: ['invalid_card', customer],
  bank_account_declined: ['card_declined', customer],
  bank_account_restricted: ['card_declined', 'never'],
  payment_method_bank_account_blocked: ['card_declined', 'never'],
  debit_not_authorized: ['authentication_failed', customer],
  payment_intent_mandate_invalid: ['authentication_failed', customer],
  payment_method_customer_decline: ['authentication_failed', customer],
  charge_exceeds_source_limit: ['insufficient_funds', customer],
  payment_method_provider_decline: ['card_declined', customer],
  payment_intent_payment_attempt_failed: ['card_declined', customer],
  payment_method_provider_timeout: ['processing_error', 'same_provider'],
  payment_method_not_available: ['provider_unavailable', 'same_provider'],
};

/** The same, a row for each code. */
export const stripeDeclines: readonly CodeRow[] = Object.entries(verdicts).map(
  ([code, [ours, retry]]) => ({ code, ours, retry }),
);

/** Whether the code says that a payment was declined. */
export function isDeclineCode(code: string): boolean {
  return Object.hasOwn(verdicts, code);
}

/** Advice that comes with a decline and outranks the table (docs.stripe.com/declines/network-codes). */
const adviceCodes: Readonly<Record<string, RetryAdvice>> = {
  do_not_try_again: 'never',
  try_again_later: 'same_provider',
  confirm_card_data: customer,
};

/** What Stripe says about a decline: the body of a 402, or `last_payment_error`. */
export interface StripeDecline {
  code?: string;
  decline_code?: string;
  advice_code?: string;
  message?: string;
}

/** A decline in our words, with Stripe's beside them. */
export function toDecline(decline: StripeDecline): {
  code: DeclineCode;
  retry: RetryAdvice;
  raw: RawDecline;
  /** Stripe's code, when it is in no table of ours. */
  unmapped?: string;
} {
  const rawCode = (decline.decline_code || decline.code || 'unknown').slice(0, 100);
  const known = Object.hasOwn(verdicts, rawCode) ? verdicts[rawCode] : undefined;
  const [code, usualAdvice] = known ?? unmappedMeaning;
  const advice = decline.advice_code ?? '';
  const retry = Object.hasOwn(adviceCodes, advice) ? adviceCodes[advice] : usualAdvice;
  return {
    code,
    retry: retry ?? usualAdvice,
    raw: { code: rawCode, message: (decline.message ?? '').slice(0, 300) },
    ...(known ? {} : { unmapped: rawCode }),
  };
}
