import type { FastifyInstance } from 'fastify';
import type { Behaviours } from './behaviour.js';
import type { Clock } from './clock.js';
import type { Deliveries } from './deliveries.js';
import type { Findings } from './findings.js';
import type { Identifiers } from './identifiers.js';
import type { Journal } from './journal.js';

/** One attempt to move money at one of the providers. Only `succeeded` moved any. */
export interface LedgerCharge {
  provider: string;
  /** The id that the provider's client knows the payment by. */
  id: string;
  transaction_id: string | null;
  idempotency_key: string | null;
  /** Minor units, as the provider counts them. */
  amount: number;
  /** The same in major units, as the provider reads it: `10.50`. */
  value: string;
  currency: string;
  status: 'succeeded' | 'pending' | 'failed';
  /** Minor units given back or on their way back. */
  refunded: number;
  created_at: string;
}

export interface LedgerRefund {
  provider: string;
  id: string;
  payment_id: string;
  transaction_id: string | null;
  idempotency_key: string | null;
  amount: number;
  currency: string;
  status: string;
  created_at: string;
}

/** What every provider of the sandbox is given. */
export interface SandboxParts {
  clock: Clock;
  identifiers: Identifiers;
  journal: Journal;
  behaviours: Behaviours;
  deliveries: Deliveries;
  findings: Findings;
  /** Where this process can be reached, for links to payer's pages; known once it listens. */
  publicUrl(): string;
  /** How long an asynchronous payment or refund takes. */
  settleMs: number;
}

/** A row of the index page. */
export interface MagicValue {
  value: string;
  says: string;
}

/** One provider's wire API. */
export interface SandboxProvider {
  code: string;
  name: string;
  routes(app: FastifyInstance): Promise<void>;
  /** Takes up what was under way when the state file was written. */
  resume(): void;
  charges(transactionId?: string): Iterable<LedgerCharge>;
  refunds(transactionId?: string): Iterable<LedgerRefund>;
  /**
   * Gives money back the way a person does on the provider's own website: under no id of ours.
   *
   * @param amountMinor minor units, as the provider counts them
   * @returns the id of the refund
   */
  refundByHand(paymentId: string, amountMinor: number): string;
  /**
   * Lets a payer take their money back. The dispute stays open until it is closed.
   *
   * @param amountMinor minor units, as the provider counts them; the whole payment unless given
   * @returns the id of the dispute
   */
  openDispute(paymentId: string, amountMinor?: number): string;
  /** The payer's bank decides. */
  closeDispute(disputeId: string, outcome: 'won' | 'lost'): void;
  magicValues: { title: string; values: MagicValue[] }[];
  /** Payments that wait for a person. */
  openPages(): { title: string; url: string }[];
}
