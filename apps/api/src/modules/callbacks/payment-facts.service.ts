import type { ProviderOutcome } from '@libs/providers';
import { Injectable } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { chargeSubject, ReviewsService } from '../reviews/index.js';
import {
  promiseOf,
  SettlementService,
  TransactionsRepository,
  verdictOf,
} from '../transactions/index.js';
import { FactOwnersRepository, isOurs } from './fact-owners.repository.js';
import {
  about,
  archivedPayment,
  type FactResult,
  isSameMoney,
  type SubjectOf,
  unknownPayment,
} from './fact-result.js';
import type { ProviderWebhook } from './provider-webhook.entity.js';

type Payment = NonNullable<Awaited<ReturnType<TransactionsRepository['find']>>>;
type Attempt = Awaited<ReturnType<TransactionsRepository['attempts']>>[number];

/** The number of the attempt that a fact is about, when the payment has none. */
const firstAttempt = 1;

/** For how long nobody minds that a provider has promised money and does not answer a cancellation. */
const patienceMs = 3_600_000;

/** Applies what a provider says of a payment, through the same settlement as our own calls. */
@Injectable()
export class PaymentFacts {
  constructor(
    private readonly owners: FactOwnersRepository,
    private readonly transactions: TransactionsRepository,
    private readonly settlement: SettlementService,
    private readonly reviews: ReviewsService,
  ) {}

  async apply(webhook: ProviderWebhook, subject: SubjectOf<'payment'>): Promise<FactResult> {
    const { providerTransactionId, transactionId, outcome } = subject;
    const owner = await this.owners.payment(webhook, providerTransactionId, transactionId);
    // We mark every payment that we make.
    if (!owner && !isOurs(transactionId)) return { status: 'ignored', note: 'not our payment' };
    const payment = owner && (await this.transactions.find(owner.partnerId, owner.id));
    if (!payment) return unknownPayment(true);
    if (payment.archived) return archivedPayment(payment);
    const attempts = await this.transactions.attempts(payment.partnerId, payment.id);
    const attempt = attemptOf(webhook, subject, attempts);
    if (!attempt && !isWithoutAttempt(webhook, providerTransactionId, payment, attempts)) {
      return this.second(webhook, subject, payment);
    }
    if (!isSameAmount(payment, outcome)) return this.mismatch(webhook, payment, outcome);
    if (attempt?.status === 'completed' && isTakenBack(outcome)) {
      return this.reversed(webhook, subject, payment);
    }
    if (attempt && isOld(payment, attempt, attempts, outcome)) {
      return { status: 'ignored', note: 'nothing new', ...about(payment) };
    }
    return this.applyTo(payment, attempt, webhook, subject);
  }

  private async applyTo(
    payment: Payment,
    attempt: Attempt | undefined,
    webhook: ProviderWebhook,
    subject: SubjectOf<'payment'>,
  ): Promise<FactResult> {
    const { providerTransactionId, outcome } = subject;
    const isPromise = outcome.status === 'completed' && outcome.promise === 'made';
    const isHeld = isPromise && promiseOf(attempt) === 'made';
    if (isHeld && isBeingCancelled(payment)) return this.awaitsCancellation(webhook, payment);
    const attemptNo = attempt?.attemptNo ?? firstAttempt;
    const verdict = verdictOf(outcome);
    const settled = await this.settlement.settle(payment, verdict, {
      attemptNo,
      actor: 'provider',
    });
    await failpoint('webhook.after_outcome');
    if (isPromise && isBeingCancelled(settled)) return this.awaitsCancellation(webhook, settled);
    if (outcome.status === 'completed' && settled.providerTransactionId !== providerTransactionId) {
      return this.second(webhook, subject, settled);
    }
    if (attempt && isTakenBack(outcome) && (await this.isCompleted(attempt))) {
      return this.reversed(webhook, subject, settled);
    }
    return { status: 'applied', ...about(payment) };
  }

  /** The cancellation decides, however late it is answered. People are told that it is late. */
  private async awaitsCancellation(
    webhook: ProviderWebhook,
    payment: Payment,
  ): Promise<FactResult> {
    const note = 'the answer to a cancellation is awaited';
    const askedAt = payment.cancelRequestedAt ?? webhook.receivedAt;
    const sinceMs = Math.max(webhook.receivedAt.getTime(), askedAt.getTime());
    if (Date.now() - sinceMs >= patienceMs) {
      const sighting = {
        ...({ kind: 'outcome_unknown', ...whose(webhook, payment) } as const),
        details: { last_answer: note, promise: 'made', cancel_requested_at: askedAt.toISOString() },
      };
      await this.reviews.openOnce(sighting, askedAt);
    }
    return { status: 'parked', awaited: true, note, ...about(payment) };
  }

  /** Somebody else may have completed it while it was settled. */
  private async isCompleted({ partnerId, transactionId, id }: Attempt): Promise<boolean> {
    const attempts = await this.transactions.attempts(partnerId, transactionId);
    return attempts.some((attempt) => attempt.id === id && attempt.status === 'completed');
  }

  /** The provider says that money which it had taken or promised does not come. What to do is for people to decide. */
  private async reversed(
    webhook: ProviderWebhook,
    { providerTransactionId, outcome }: SubjectOf<'payment'>,
    payment: Payment,
  ): Promise<FactResult> {
    await this.reviews.open({
      kind: 'payment_reversed',
      ...whose(webhook, payment),
      details: {
        ...{ event_type: webhook.eventType, told: outcome.status, status: payment.status },
        provider_transaction_id: providerTransactionId,
        reason: outcome.status === 'declined' ? outcome.raw.message : undefined,
      },
    });
    return { status: 'failed', note: 'a completed payment was taken back', ...about(payment) };
  }

  /** The provider has another payment of the same transaction. Its money is not ours to keep. */
  private async second(
    webhook: ProviderWebhook,
    { providerTransactionId, outcome }: SubjectOf<'payment'>,
    payment: Payment,
  ): Promise<FactResult> {
    const note = `a second payment of the transaction: ${providerTransactionId}`;
    if (outcome.status !== 'completed') return { status: 'ignored', note, ...about(payment) };
    await this.reviews.open({
      kind: 'double_charge',
      subject: chargeSubject(webhook, providerTransactionId),
      ...whose(webhook, payment),
      details: {
        second_provider_transaction_id: providerTransactionId,
        provider_transaction_id: payment.providerTransactionId,
        status: payment.status,
        ...outcome.money,
      },
    });
    return { status: 'failed', note, ...about(payment) };
  }

  private async mismatch(
    webhook: ProviderWebhook,
    payment: Payment,
    { status, money }: ProviderOutcome,
  ): Promise<FactResult> {
    const { amount, currency } = payment;
    await this.reviews.open({
      kind: 'amount_mismatch',
      ...whose(webhook, payment),
      details: { expected: { amount, currency }, told: { status, ...money } },
    });
    return { status: 'failed', note: 'another amount than the payment', ...about(payment) };
  }
}

function whose({ id, provider, providerAccount }: ProviderWebhook, payment: Payment) {
  return { ...about(payment), providerWebhookId: id, provider, providerAccount };
}

/** The attempt that the provider's id belongs to, or one whose id we were never told. */
function attemptOf(
  { provider, providerAccount }: ProviderWebhook,
  { providerTransactionId, transactionId, idempotencyKey }: SubjectOf<'payment'>,
  attempts: Attempt[],
): Attempt | undefined {
  const here = attempts.filter(
    (attempt) => attempt.provider === provider && attempt.providerAccount === providerAccount,
  );
  const named = here.find((attempt) => attempt.providerTransactionId === providerTransactionId);
  if (named) return named;
  const nameless = here.filter((attempt) => attempt.providerTransactionId === null);
  if (idempotencyKey === undefined) return nameless.findLast(isOpen) ?? nameless.at(-1);
  return nameless.find(({ attemptNo }) => idempotencyKey === `${transactionId}.${attemptNo}`);
}

/** The provider's webhook may be faster than the record that the payment was sent to it. */
function isWithoutAttempt(
  { provider, providerAccount }: ProviderWebhook,
  providerTransactionId: string,
  payment: Payment,
  attempts: Attempt[],
): boolean {
  const known = payment.providerTransactionId ?? providerTransactionId;
  const isThere = payment.provider === provider && payment.providerAccount === providerAccount;
  return attempts.length === 0 && isThere && known === providerTransactionId;
}

/** A cancellation is final, wherever it comes in. A decline may be one from before the success. */
function isTakenBack({ status, promise }: ProviderOutcome): boolean {
  return status === 'cancelled' || promise === 'undone';
}

function isBeingCancelled({ status, cancelRequestedAt }: Payment): boolean {
  return status === 'processing' && cancelRequestedAt !== null;
}

function isOpen({ status }: Attempt): boolean {
  return status === 'in_flight' || status === 'processing';
}

/** What takes no money may name any amount. */
function isSameAmount(payment: Payment, { status, money }: ProviderOutcome): boolean {
  if (!money || status === 'declined' || status === 'cancelled') return true;
  return isSameMoney(money, payment);
}

/** Webhooks come in any order: what an attempt has left behind never comes back. */
function isOld(
  payment: Payment,
  attempt: Attempt,
  attempts: Attempt[],
  outcome: ProviderOutcome,
): boolean {
  if (outcome.status === 'completed') {
    return outcome.promise === 'made' && promiseOf(attempt) === 'undone';
  }
  if (!isOpen(attempt) || attempt !== attempts.at(-1)) return true;
  if (attempt.certainty !== 'confirmed' || outcome.promise === 'kept') return false;
  if (outcome.status === 'requires_action') return true;
  return outcome.status === 'processing' && !outcome.resumable && payment.nextAction === null;
}
