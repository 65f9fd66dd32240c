/** The states of a payment. */
export const transactionStatuses = [
  'pending',
  'processing',
  'completed',
  'failed',
  'cancelled',
  'refunded',
  'partially_refunded',
] as const;
export type TransactionStatus = (typeof transactionStatuses)[number];

/** Who asks for a change of state. */
export type ActorClass = 'partner' | 'operator' | 'provider' | 'system';

/** The states of one attempt at one provider. */
export type AttemptStatus =
  'in_flight' | 'processing' | 'completed' | 'declined' | 'failed' | 'cancelled';

/** What is known of an attempt: a request that was sent and not answered may have been done. */
export type Certainty = 'never_sent' | 'sent_unconfirmed' | 'confirmed';

interface Transition {
  from: TransactionStatus;
  to: TransactionStatus;
  /** Who may. Nobody may where the state follows from the refunds. */
  by: readonly ActorClass[];
  derived?: true;
}

/**
 * Every legal change of state. The database's trigger is tested to be equal to it. Operators move
 * payments of the manual provider only, and with evidence.
 */
export const transitions: readonly Transition[] = [
  { from: 'pending', to: 'processing', by: ['partner'] },
  { from: 'pending', to: 'cancelled', by: ['partner', 'operator', 'system'] },
  { from: 'pending', to: 'failed', by: ['system'] },
  { from: 'pending', to: 'completed', by: ['provider'] },
  { from: 'processing', to: 'completed', by: ['provider', 'operator'] },
  { from: 'processing', to: 'failed', by: ['provider', 'operator', 'system'] },
  { from: 'processing', to: 'cancelled', by: ['provider'] },
  { from: 'failed', to: 'completed', by: ['provider'] },
  { from: 'cancelled', to: 'completed', by: ['provider'] },
  { from: 'completed', to: 'partially_refunded', by: [], derived: true },
  { from: 'completed', to: 'refunded', by: [], derived: true },
  { from: 'partially_refunded', to: 'refunded', by: [], derived: true },
  { from: 'partially_refunded', to: 'completed', by: [], derived: true },
  { from: 'refunded', to: 'partially_refunded', by: [], derived: true },
  { from: 'refunded', to: 'completed', by: [], derived: true },
];

/** Whether an actor may move a payment from one state to another. */
export function mayMove(
  from: TransactionStatus,
  to: TransactionStatus,
  actor: ActorClass,
): boolean {
  return transitions.some(
    (transition) =>
      transition.from === from && transition.to === to && transition.by.includes(actor),
  );
}
