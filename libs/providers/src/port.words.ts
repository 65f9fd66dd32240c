/** The code of a payment provider, as in `stripe`: a label of the database's `payment_provider` type. */
export type ProviderCode = string;

/** The code of a payment method: a row of `payment_methods`. */
export type PaymentMethodCode = 'card' | 'bank_transfer' | 'e_wallet' | 'crypto';

/** Why a provider declined, in words that are the same for all providers. */
export const declineCodes = [
  'card_declined',
  'insufficient_funds',
  'expired_card',
  'invalid_card',
  'incorrect_cvc',
  'lost_or_stolen',
  'suspected_fraud',
  'authentication_failed',
  'processing_error',
  'provider_unavailable',
] as const;
export type DeclineCode = (typeof declineCodes)[number];

/** What to do after a decline: may the same payment succeed later, elsewhere, or only after the payer acts? */
export type RetryAdvice = 'never' | 'same_provider' | 'other_provider' | 'after_customer_action';
