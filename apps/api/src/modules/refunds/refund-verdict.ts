import { ProviderError, type RefundOutcome } from '@libs/providers';
import type { RefundStatus } from './refund.machine.js';

/** What a provider's answer, or the lack of one, means for a refund. */
export interface RefundVerdict {
  status: RefundStatus;
  certainty: 'never_sent' | 'sent_unconfirmed' | 'confirmed';
  providerRefundId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  retryAfterMs: number | null;
  /** How many calls there were, when this was heard of the only one: it says nothing of others. */
  presumedSends: 1 | null;
}

export function refundVerdictOf(outcome: RefundOutcome): RefundVerdict {
  const failed = outcome.status === 'failed';
  return {
    status: outcome.status,
    certainty: 'confirmed',
    providerRefundId: outcome.providerRefundId ?? null,
    errorCode: failed ? 'refund_failed' : null,
    errorMessage: failed ? outcome.raw.message : null,
    retryAfterMs: null,
    presumedSends: null,
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
  const nothing = { providerRefundId: null, errorMessage, retryAfterMs: null };
  const ofOneCall = { ...nothing, status: 'failed', presumedSends: 1 } as const;
  switch (kind) {
    case 'unreachable':
      return { ...ofOneCall, certainty: 'never_sent', errorCode: 'provider_unavailable' };
    case 'rejected':
      return { ...ofOneCall, certainty: 'confirmed', errorCode: 'refund_rejected' };
    case 'misconfigured':
      return { ...ofOneCall, certainty: 'never_sent', errorCode: 'provider_misconfigured' };
    case 'throttled':
    case 'outcome_unknown':
      return unknownRefundVerdict(
        error instanceof ProviderError ? (error.details.retryAfterMs ?? null) : null,
      );
  }
}

/** The verdict when nobody can say whether the provider did it. */
export function unknownRefundVerdict(retryAfterMs: number | null = null): RefundVerdict {
  return {
    status: 'processing',
    certainty: 'sent_unconfirmed',
    providerRefundId: null,
    errorCode: null,
    errorMessage: null,
    retryAfterMs,
    presumedSends: null,
  };
}
