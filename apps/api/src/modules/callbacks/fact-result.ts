import { toMinor } from '@libs/money';
import type { Money, ProviderFact } from '@libs/providers';
import type { FactOwner } from './fact-owners.repository.js';
import type { WebhookResult } from './provider-webhooks.repository.js';

export type SubjectOf<Kind extends ProviderFact['subject']['kind']> = Extract<
  ProviderFact['subject'],
  { kind: Kind }
>;

/** What became of a fact. */
export interface FactResult extends WebhookResult {
  /** Nothing says that it is ours: its payment is waited for less long. */
  unmarked?: true;
  /** It waits for another fact, however long that takes: waiting uses up none of its tries. */
  awaited?: true;
  /** Nothing changes its payment any more: people look at it. */
  archived?: true;
}

const columnDecimals = 4;

/** A fact about a payment that nobody knows yet. */
export function unknownPayment(isMarked: boolean): FactResult {
  const parked = { status: 'parked', note: 'no such payment yet' } as const;
  return isMarked ? parked : { ...parked, unmarked: true };
}

/** A fact about a payment in the archive. */
export function archivedPayment(owner: FactOwner, refundId?: string): FactResult {
  const note = 'its payment is archived';
  return { status: 'failed', archived: true, note, ...about(owner, refundId) };
}

/** What a fact is about, once it is known. */
export function about({ id, partnerId }: FactOwner, refundId?: string) {
  return { partnerId, transactionId: id, refundId };
}

export function isSameMoney(one: Money, other: Money): boolean {
  if (one.currency !== other.currency) return false;
  return toMinor(one.amount, columnDecimals) === toMinor(other.amount, columnDecimals);
}
