import { ProviderError, type RefundOutcome } from '@libs/providers';
import type { Refund } from './refund.entity.js';
import type { RefundErrorCode, RefundStatus } from './refund.machine.js';

/** What a provider's answer, or the lack of one, means for a refund. */
export interface RefundVerdict {
  status: RefundStatus;
  certainty: 'never_sent' | 'sent_unconfirmed' | 'confirmed';
  providerRefundId: string | null;
  errorCode: RefundErrorCode | null;
  errorMessage: string | null;
  retryAfterMs: number | null;
  /** How many calls there were, when this was heard of the only one: it says nothing of others. */
  presumedSends: 1 | null;
  /** Nobody can tell, and the provider has forgotten the key: asking again tells nothing. */
  isHopeless: boolean;
  /** Why the outcome is not known, for people. */
  lastAnswer: string | null;
  /** A word of the provider that we have none for. */
  unmapped: string | null;
}

const nothing = {
  providerRefundId: null,
  retryAfterMs: null,
  presumedSends: null,
  isHopeless: false,
  lastAnswer: null,
  unmapped: null,
};

/**
 * The verdict in a provider's answer. A failure that names no refund is a refusal: it says nothing of other calls.
 *
 * @param sentBefore an earlier call with the same key may have been done, and be why this one is refused
 */
export function refundVerdictOf(outcome: RefundOutcome, sentBefore = false): RefundVerdict {
  const failed = outcome.status === 'failed';
  const errorMessage = failed ? `${outcome.raw.code}: ${outcome.raw.message}`.slice(0, 500) : null;
  const isRefused = failed && outcome.providerRefundId === undefined;
  if (isRefused && sentBefore) return unknownRefund(errorMessage);
  return {
    ...nothing,
    presumedSends: isRefused ? 1 : null,
    status: outcome.status,
    certainty: 'confirmed',
    providerRefundId: outcome.providerRefundId ?? null,
    errorCode: failed ? 'refund_failed' : null,
    errorMessage,
    unmapped: outcome.status === 'processing' ? (outcome.unmapped ?? null) : null,
  };
}

/**
 * The verdict in a call that broke.
 *
 * @param sentBefore an earlier call with the same key may have been done, whatever this one says
 */
export function refundVerdictOfError(error: unknown, sentBefore: boolean): RefundVerdict {
  const kind = error instanceof ProviderError && !sentBefore ? error.kind : 'outcome_unknown';
  const errorMessage = error instanceof Error ? error.message.slice(0, 500) : String(error);
  const details = error instanceof ProviderError ? error.details : {};
  const unmapped = details.unmapped ?? null;
  const told = { ...nothing, errorMessage, unmapped };
  const ofOneCall = { ...told, status: 'failed', presumedSends: 1 } as const;
  switch (kind) {
    case 'unreachable':
      return { ...ofOneCall, certainty: 'never_sent', errorCode: 'provider_unavailable' };
    case 'rejected':
      return {
        ...ofOneCall,
        certainty: 'confirmed',
        errorCode: unmapped === null ? 'refund_rejected' : 'processing_error',
      };
    case 'misconfigured':
      return { ...ofOneCall, certainty: 'never_sent', errorCode: 'provider_misconfigured' };
    case 'throttled':
    case 'outcome_unknown':
      return {
        ...unknownRefund(errorMessage),
        unmapped,
        retryAfterMs: details.retryAfterMs ?? null,
      };
  }
}

/** The verdict that stands already. */
export function standingVerdict({ status, errorCode, errorMessage }: Refund): RefundVerdict {
  return { ...nothing, status, certainty: 'confirmed', errorCode, errorMessage };
}

/** The verdict when nobody can say whether the provider did it. */
export function unknownRefund(lastAnswer: string | null): RefundVerdict {
  return {
    ...nothing,
    status: 'processing',
    certainty: 'sent_unconfirmed',
    errorCode: null,
    errorMessage: null,
    lastAnswer,
  };
}
