import type { SandboxParts } from '../provider.js';
import { renderDispute } from './stripe.dispute-object.js';
import type { DisputePlan } from './stripe.dispute-plans.js';
import type { EventType, StripeEvents } from './stripe.events.js';
import type { Charge, Dispute } from './stripe.records.js';
import type { StripeStore } from './stripe.store.js';
import { behaviourOf } from './stripe.tokens.js';

/** Payers who take their money back, some time after they paid. */
export class StripeDisputes {
  constructor(
    private readonly parts: SandboxParts,
    private readonly store: StripeStore,
    private readonly events: StripeEvents,
  ) {}

  /** The charge succeeded; its payer may come to regret it. */
  expect(charge: Charge): void {
    const plan = behaviourOf(charge.instrument.token)?.dispute;
    if (!plan) return;
    const at = this.parts.clock.now() + this.parts.settleMs;
    const status = plan.isInquiry ? 'warning_needs_response' : 'needs_response';
    const { id: chargeId, paymentId, amount, currency } = charge;
    const id = this.parts.identifiers.next('du');
    const due = { at, status } as const;
    const row = { id, paymentId, chargeId, amount, currency, reason: plan.reason, due };
    this.schedule(this.store.disputes.put({ ...row, createdAt: at }));
  }

  /** Opens one that stays open until it is closed. */
  open(paymentId: string, amount?: number): string {
    const { clock, identifiers } = this.parts;
    const charge = this.store.chargesOf(paymentId).find(({ status }) => status === 'succeeded');
    if (!charge) throw new Error(`nothing was taken for ${paymentId}`);
    const { id: chargeId, currency } = charge;
    if ((amount ?? 0) > charge.amount) throw new Error(`${charge.amount} ${currency} were taken`);
    this.store.charges.put({ ...charge, disputed: true });
    const opened = this.store.disputes.put({
      id: identifiers.next('du'),
      ...{ paymentId, chargeId, currency, amount: amount ?? charge.amount, reason: 'fraudulent' },
      createdAt: clock.now(),
      status: 'needs_response',
    });
    this.tell(opened);
    return opened.id;
  }

  close(id: string, outcome: 'won' | 'lost'): void {
    const dispute = this.store.disputes.get(id);
    const isOpen = dispute?.status?.endsWith('needs_response') && !dispute.due;
    if (!dispute || !isOpen) throw new Error(`${id} is no open dispute`);
    this.tell(this.store.disputes.put({ ...dispute, status: outcome }));
  }

  schedule(dispute: Dispute): void {
    if (!dispute.due) return;
    const delayMs = Math.max(0, dispute.due.at - this.parts.clock.now());
    this.parts.clock.after(delayMs, () => this.settle(dispute.id));
  }

  private settle(id: string): void {
    const dispute = this.store.disputes.get(id);
    const charge = dispute && this.store.charges.get(dispute.chargeId);
    if (!dispute?.due || !charge) return;
    this.store.charges.put({ ...charge, disputed: true });
    const plan = behaviourOf(charge.instrument.token)?.dispute;
    const next = this.store.disputes.put({
      ...dispute,
      status: dispute.due.status,
      due: dispute.status === undefined ? this.endOf(plan) : undefined,
    });
    this.tell(next);
    this.schedule(next);
  }

  private endOf(plan: DisputePlan | undefined): Dispute['due'] {
    if (plan?.end === undefined) return undefined;
    return { at: this.parts.clock.now() + this.parts.settleMs, status: plan.end };
  }

  private tell(dispute: Dispute): void {
    const object = renderDispute(dispute);
    const charge = this.store.charges.get(dispute.chargeId);
    const webhooks = charge && behaviourOf(charge.instrument.token)?.fault.webhooks;
    const happenings = eventsAt(dispute.status).map((type) => ({ type, object }));
    this.events.tell(happenings, { webhooks });
  }
}

/** An inquiry moves no money; neither does a dispute that is lost, since the money went when it was opened. */
function eventsAt(status: Dispute['status']): EventType[] {
  switch (status) {
    case 'needs_response':
      return ['charge.dispute.created', 'charge.dispute.funds_withdrawn'];
    case 'warning_needs_response':
      return ['charge.dispute.created'];
    case 'won':
      return ['charge.dispute.closed', 'charge.dispute.funds_reinstated'];
    case 'lost':
      return ['charge.dispute.closed'];
    case undefined:
      return [];
  }
}
