import { ProviderError, type NextAction, type ProviderOutcome } from '@libs/providers';
import type { AttemptStatus, Certainty, TransactionStatus } from './transaction.machine.js';

/** What a provider's answer, or the lack of one, means for a payment and its attempt. */
export interface Verdict {
  /** The state that the payment should reach; it stays where it is if it may not. */
  status: TransactionStatus;
  attempt: AttemptStatus;
  certainty: Certainty;
  providerTransactionId: string | null;
  providerCustomerId: string | null;
  nextAction: NextAction | null;
  errorCode: string | null;
  errorMessage: string | null;
  declineCode: string | null;
  /** What the provider said, as far as it may be stored. */
  response: Record<string, unknown> | null;
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
  response: null,
  retryAfterMs: null,
} as const;

/** The verdict in a provider's answer. */
export function verdictOf(outcome: ProviderOutcome): Verdict {
  const known = {
    ...nothing,
    certainty: 'confirmed' as const,
    providerTransactionId: outcome.providerTransactionId ?? null,
    providerCustomerId: outcome.providerCustomerId ?? null,
    response: outcome.response,
  };
  switch (outcome.status) {
    case 'completed':
      return { ...known, status: 'completed', attempt: 'completed' };
    case 'processing':
      return { ...known, status: 'processing', attempt: 'processing' };
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
  const errorMessage = error instanceof Error ? error.message.slice(0, 500) : String(error);
  const failed = { ...nothing, status: 'failed', attempt: 'failed', errorMessage } as const;
  switch (kind) {
    case 'unreachable':
      return { ...failed, certainty: 'never_sent', errorCode: 'provider_unavailable' };
    case 'rejected':
      return { ...failed, certainty: 'confirmed', errorCode: 'provider_rejected' };
    case 'misconfigured':
      return { ...failed, certainty: 'never_sent', errorCode: 'provider_misconfigured' };
    case 'throttled':
    case 'outcome_unknown':
      return {
        ...nothing,
        status: 'processing',
        attempt: 'in_flight',
        certainty: 'sent_unconfirmed',
        errorMessage,
        retryAfterMs: retryAfterOf(error),
      };
  }
}

/** Whether the provider may have done it and did not tell. What was known before stays known. */
export function isUnknown({ certainty }: Pick<Verdict, 'certainty'>): boolean {
  return certainty === 'sent_unconfirmed';
}

/** Who may record a verdict: the provider whose word it is, or we who know that nothing was sent. */
export function actorOf(verdict: Verdict): 'provider' | 'system' {
  return verdict.certainty === 'confirmed' ? 'provider' : 'system';
}

function retryAfterOf(error: unknown): number | null {
  return error instanceof ProviderError ? (error.details.retryAfterMs ?? null) : null;
}
