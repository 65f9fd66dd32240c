/** The states of a refund. */
export const refundStatuses = ['pending', 'processing', 'completed', 'failed'] as const;
export type RefundStatus = (typeof refundStatuses)[number];

/** Why a refund failed. */
export const refundErrorCodes = [
  'refund_failed',
  'refund_rejected',
  'processing_error',
  'provider_unavailable',
  'provider_misconfigured',
] as const;
export type RefundErrorCode = (typeof refundErrorCodes)[number];

/** Who asks for a change of state. */
export type RefundActor = 'operator' | 'provider' | 'system';

interface RefundTransition {
  from: RefundStatus;
  to: RefundStatus;
  by: readonly RefundActor[];
}

/**
 * Every legal change of state. The database's trigger is tested to be equal to it. Operators move
 * refunds of the manual provider only, and with evidence; the system fails only what was never sent.
 */
export const refundTransitions: readonly RefundTransition[] = [
  { from: 'pending', to: 'processing', by: ['system'] },
  { from: 'pending', to: 'completed', by: ['provider', 'operator'] },
  { from: 'pending', to: 'failed', by: ['provider', 'operator', 'system'] },
  { from: 'processing', to: 'completed', by: ['provider', 'operator'] },
  { from: 'processing', to: 'failed', by: ['provider', 'operator', 'system'] },
  { from: 'completed', to: 'failed', by: ['provider'] },
];

export function mayMoveRefund(from: RefundStatus, to: RefundStatus, actor: RefundActor): boolean {
  return refundTransitions.some(
    (transition) =>
      transition.from === from && transition.to === to && transition.by.includes(actor),
  );
}
