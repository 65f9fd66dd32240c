import {
  type Money,
  type NextAction,
  ProviderError,
  type ProviderOutcome,
  type RetryAdvice,
} from '@libs/providers';
import type { TransactionAttempt } from './transaction-attempt.entity.js';
import type { AttemptStatus, Certainty, TransactionStatus } from './transaction.machine.js';

/** Where a payment that failed may still succeed. */
export const retryAdvices: readonly RetryAdvice[] = [
  'never',
  'same_provider',
  'other_provider',
  'after_customer_action',
];

/** Why a payment failed, as far as it is ours to say. */
export const paymentErrorCodes = [
  'payment_declined',
  'provider_rejected',
  'provider_unavailable',
  'provider_misconfigured',
  'provider_not_asked',
] as const;
type PaymentErrorCode = (typeof paymentErrorCodes)[number];

/** What a provider's answer, or the lack of one, means for a payment and its attempt. */
export interface Verdict {
  /** The state that the payment should reach; it stays where it is if it may not. */
  status: TransactionStatus;
  attempt: AttemptStatus;
  certainty: Certainty;
  providerTransactionId: string | null;
  providerCustomerId: string | null;
  nextAction: NextAction | null;
  errorCode: PaymentErrorCode | null;
  errorMessage: string | null;
  declineCode: string | null;
  /** The provider's own code, beside ours. */
  providerErrorCode: string | null;
  /** Where the same payment may still succeed; `null` as long as it has not failed. */
  retryAdvice: RetryAdvice | null;
  /** What the provider says that it charged. */
  money: Money | null;
  /** What became of the provider's promise of money, where it makes one before it takes the money. */
  promise: NonNullable<ProviderOutcome['promise']> | null;
  /** A word of the provider that we have none for. */
  unmapped: string | null;
  /** The payer has acted, and nothing is taken until the provider is asked to go on. */
  isResumable: boolean;
  /** Nobody can look it up, and the provider has forgotten the key: asking again tells nothing. */
  isHopeless: boolean;
  /** What the provider said, as far as it may be stored. */
  response: Record<string, unknown> | null;
  /** How many calls there were, when this was heard of one of them: it says nothing of the others. */
  presumedSends: 0 | 1 | null;
  /** How long the provider asks us to wait before the next call. */
  retryAfterMs: number | null;
}

const nothing = {
  providerTransactionId: null,
  providerCustomerId: null,
  nextAction: null,
  errorCode: null,
  errorMessage: null,
  declineCode: null,
  providerErrorCode: null,
  retryAdvice: null,
  money: null,
  promise: null,
  unmapped: null,
  isResumable: false,
  isHopeless: false,
  response: null,
  presumedSends: null,
  retryAfterMs: null,
} as const;

/** The verdict in a provider's answer. */
export function verdictOf(outcome: ProviderOutcome): Verdict {
  const known = {
    ...nothing,
    certainty: 'confirmed' as const,
    providerTransactionId: outcome.providerTransactionId ?? null,
    providerCustomerId: outcome.providerCustomerId ?? null,
    money: outcome.money ?? null,
    promise: outcome.promise ?? null,
    response: responseOf(outcome),
  };
  switch (outcome.status) {
    case 'completed':
      return { ...known, status: 'completed', attempt: 'completed' };
    case 'processing':
      return {
        ...known,
        status: 'processing',
        attempt: 'processing',
        unmapped: outcome.unmapped ?? null,
        isResumable: outcome.resumable ?? false,
      };
    case 'requires_action':
      return {
        ...known,
        status: 'processing',
        attempt: 'processing',
        nextAction: outcome.nextAction,
      };
    case 'cancelled':
      return { ...known, status: 'cancelled', attempt: 'cancelled' };
    case 'declined':
      return {
        ...known,
        status: 'failed',
        attempt: 'declined',
        errorCode: 'payment_declined',
        errorMessage: outcome.raw.message,
        declineCode: outcome.code,
        providerErrorCode: outcome.raw.code,
        retryAdvice: outcome.retry,
        unmapped: outcome.unmapped ?? null,
      };
  }
}

/**
 * The verdict in a call that broke. Only what certainly was not done is a failure.
 *
 * @param sentBefore an earlier call with the same key may have been done, whatever this one says
 */
export function verdictOfError(error: unknown, sentBefore: boolean): Verdict {
  const kind = error instanceof ProviderError && !sentBefore ? error.kind : 'outcome_unknown';
  const errorMessage = messageOf(error);
  const details = error instanceof ProviderError ? error.details : {};
  const providerErrorCode = details.code?.slice(0, 100) ?? null;
  const told = { ...nothing, errorMessage, providerErrorCode, presumedSends: 1 as const };
  const failed = { ...told, status: 'failed', attempt: 'failed' } as const;
  const unsent = { certainty: 'never_sent', retryAdvice: 'other_provider' } as const;
  switch (kind) {
    case 'unreachable':
      return { ...failed, ...unsent, errorCode: 'provider_unavailable' };
    case 'misconfigured':
      return { ...failed, ...unsent, errorCode: 'provider_misconfigured' };
    case 'rejected':
      return {
        ...failed,
        ...refusalOf(details.unmapped),
        certainty: 'confirmed',
        retryAdvice: 'never',
      };
    case 'throttled':
      return {
        ...told,
        ...unsent,
        status: 'processing',
        attempt: 'in_flight',
        retryAfterMs: details.retryAfterMs ?? null,
      };
    case 'outcome_unknown':
      return {
        ...unknownVerdict(errorMessage, details.retryAfterMs ?? null),
        unmapped: details.unmapped ?? null,
      };
  }
}

/** A refusal in a word that nobody knows may be a decline as well as a mistake of ours. */
function refusalOf(unmapped: string | undefined) {
  if (unmapped === undefined) return { errorCode: 'provider_rejected' } as const;
  const decline = { errorCode: 'payment_declined', declineCode: 'processing_error' } as const;
  return { ...decline, attempt: 'declined', unmapped } as const;
}

/** The verdict when nobody can say whether the provider did it. */
export function unknownVerdict(
  errorMessage: string | null,
  retryAfterMs: number | null = null,
): Verdict {
  return {
    ...nothing,
    status: 'processing',
    attempt: 'in_flight',
    certainty: 'sent_unconfirmed',
    errorMessage,
    retryAfterMs,
  };
}

/** The verdict on an attempt that its partner cancelled before anybody sent it. */
export function withdrawnVerdict(): Verdict {
  return {
    ...nothing,
    status: 'failed',
    attempt: 'failed',
    certainty: 'never_sent',
    errorCode: 'provider_not_asked',
    errorMessage: 'The payment was cancelled before a provider was asked.',
    retryAdvice: 'never',
    presumedSends: 0,
  };
}

/** Whether the same payment may be made elsewhere: this provider certainly has not taken it, and will not. */
export function mayGoElsewhere(verdict: Verdict): boolean {
  if (isUnknown(verdict)) return false;
  const isOver = verdict.status === 'failed' || verdict.certainty === 'never_sent';
  return isOver && verdict.retryAdvice === 'other_provider';
}

/** What the provider said of its promise of an attempt's money, where that has consequences. */
export function promiseOf(
  attempt: Pick<TransactionAttempt, 'providerResponse'> | undefined,
): unknown {
  return attempt?.providerResponse?.['promise'];
}

/** The verdict on a promise that may still be undone: the provider knows the payment, and it stays open. */
export function heldVerdict(promised: Verdict): Verdict {
  const response = { ...promised.response, promise: 'made' };
  return { ...promised, status: 'processing', attempt: 'processing', response };
}

function responseOf({ promise, response }: ProviderOutcome): Record<string, unknown> {
  return promise === 'undone' || promise === 'kept' ? { ...response, promise } : response;
}

/** Whether the provider may have done it and did not tell. What was known before stays known. */
export function isUnknown({ certainty }: Pick<Verdict, 'certainty'>): boolean {
  return certainty === 'sent_unconfirmed';
}

/** Who may record a verdict: the provider whose word it is, or we who know that nothing was sent. */
export function actorOf(verdict: Verdict): 'provider' | 'system' {
  return verdict.certainty === 'confirmed' ? 'provider' : 'system';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 500) : String(error);
}
