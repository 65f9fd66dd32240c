/** What a payer disputes, and how it ends. */
export interface DisputePlan {
  reason: string;
  /** The bank only asks: no money is withdrawn. */
  isInquiry?: true;
  /** Without one it stays open. */
  end?: 'won' | 'lost';
}

/** `pm_card_…` are published at docs.stripe.com/testing; the outcome there depends on the evidence that is sent. */
const plans: Record<string, DisputePlan> = {
  pm_card_createDispute: { reason: 'fraudulent' },
  pm_card_createDisputeProductNotReceived: { reason: 'product_not_received' },
  pm_card_createDisputeInquiry: { reason: 'fraudulent', isInquiry: true },
  pm_sandbox_dispute_won: { reason: 'fraudulent', end: 'won' },
  pm_sandbox_dispute_lost: { reason: 'fraudulent', end: 'lost' },
};

export function disputeOf(token: string): DisputePlan | undefined {
  return Object.hasOwn(plans, token) ? plans[token] : undefined;
}
