import { type Fault, faultNamed } from '../faults.js';
import { type Refusal, refusalNamed, refusals } from './adyen.refusals.js';

/** What a magic value does when it is charged, and when its payment is refunded. */
export interface TokenBehaviour {
  outcome: 'authorise' | 'refuse' | 'redirect' | 'settle' | 'settle_refuse' | 'late_success';
  /** What a payment is called while it settles. */
  waitsAs: 'Received' | 'Pending';
  refusal: Refusal;
  refund: 'succeed' | 'fail' | 'late_fail' | 'reversed';
  dispute?: 'won' | 'lost';
  /** All that happens at once comes in one notification. */
  batched?: boolean;
  fault: Fault;
}

const plain: TokenBehaviour = {
  outcome: 'authorise',
  waitsAs: 'Pending',
  refusal: refusals.DECLINED,
  refund: 'succeed',
  fault: {},
};

/** A reason that Adyen does not publish, as it might publish tomorrow. */
const unknownRefusal: Refusal = {
  resultCode: 'Refused',
  reason: 'Declined by the moon',
  code: '999',
};

const named: Record<string, TokenBehaviour> = {
  visa: plain,
  mc: plain,
  amex: plain,
  APPROVED: plain,
  PENDING: { ...plain, outcome: 'settle', waitsAs: 'Received' },
  received: { ...plain, outcome: 'settle', waitsAs: 'Received' },
  pending: { ...plain, outcome: 'settle' },
  pending_fail: { ...plain, outcome: 'settle_refuse' },
  unknown_decline: { ...plain, outcome: 'refuse', refusal: unknownRefusal },
  challenge: { ...plain, outcome: 'redirect', refusal: refusals.NOT_3D_AUTHENTICATED },
  refund_fail: { ...plain, refund: 'fail' },
  refund_reversed: { ...plain, refund: 'reversed' },
  dispute_won: { ...plain, dispute: 'won' },
  dispute_lost: { ...plain, dispute: 'lost' },
  batched_webhooks: { ...plain, batched: true },
};

/** The behaviour of a stored card's id or a test value, or `undefined` for one that does not exist. */
export function behaviourOf(name: string): TokenBehaviour | undefined {
  if (Object.hasOwn(named, name)) return named[name];
  const refusal = refusalNamed(name);
  if (refusal) return { ...plain, outcome: 'refuse', refusal };
  const fault = faultNamed(name);
  return fault && underFault({ ...plain, fault }, fault);
}

/** A payment without a card: the payer pays on a page of their bank or wallet, or by a transfer. */
export const withoutCard = {
  redirect: { ...plain, outcome: 'redirect' },
  transfer: { ...plain, outcome: 'settle' },
} as const satisfies Record<string, TokenBehaviour>;

const outcomes = { decline: 'refuse', settle: 'settle', late_success: 'late_success' } as const;

/** The behaviour once a fault has had its say. */
export function underFault(behaviour: TokenBehaviour, fault: Fault): TokenBehaviour {
  return {
    ...behaviour,
    outcome: fault.outcome === undefined ? behaviour.outcome : outcomes[fault.outcome],
    refund: fault.refund ?? behaviour.refund,
  };
}

export function brandOf(token: string): string {
  return token === 'mc' || token === 'amex' ? token : 'visa';
}
