import { Injectable } from '@nestjs/common';
import { chargeSubject, ReviewsService } from '../reviews/index.js';
import type { SettlementRow } from './settlement.statements.js';
import type { TransactionAttempt } from './transaction-attempt.entity.js';
import type { Transaction } from './transaction.entity.js';
import type { Verdict } from './verdict.js';

/** Puts payments before people. Before what it tells of is written: after a crash it is told again. */
@Injectable()
export class PaymentAlarms {
  constructor(private readonly reviews: ReviewsService) {}

  /** Tells of the end of a schedule, and of money that nobody counted on any more. */
  async beforeSettling(row: Omit<SettlementRow, 'answer'>): Promise<void> {
    const { transaction, verdict, status, attemptNo, toldBy, leastSyncs } = row;
    if (leastSyncs > 0) {
      const details = { attempt_no: attemptNo, last_answer: verdict.errorMessage };
      await this.reviews.open({ kind: 'outcome_unknown', ...about(transaction), details });
    }
    const wasGivenUp = toldBy !== undefined || ['failed', 'cancelled'].includes(transaction.status);
    if (status === 'completed' && wasGivenUp) await this.lateSuccess(row);
  }

  /** The provider took another amount than the payment's. */
  async mismatch(transaction: Transaction, verdict: Verdict, attemptNo: number): Promise<void> {
    const { amount, currency } = transaction;
    const { money, providerTransactionId } = verdict;
    await this.reviews.open({
      ...{ kind: 'amount_mismatch', ...about(transaction) },
      details: {
        ...{ expected: { amount, currency }, told: money, attempt_no: attemptNo },
        provider_transaction_id: providerTransactionId,
      },
    });
  }

  /** An attempt took the money, and another one of the same payment did so too or still may. */
  async secondCharge(
    transaction: Transaction,
    verdict: Verdict,
    told: Pick<TransactionAttempt, 'provider' | 'providerAccount' | 'attemptNo'>,
  ): Promise<void> {
    const { provider, providerAccount, attemptNo } = told;
    const { providerTransactionId } = verdict;
    await this.reviews.open({
      ...{ kind: 'double_charge', ...about(transaction), provider, providerAccount },
      subject: chargeSubject(told, providerTransactionId),
      details: {
        ...{ attempt_no: attemptNo, status: transaction.status },
        second_provider_transaction_id: providerTransactionId,
        provider_transaction_id: transaction.providerTransactionId,
        other_account: `${transaction.provider}/${transaction.providerAccount}`,
      },
    });
  }

  /** A word of the provider in an answer to us that is in no table of ours. */
  async unmapped(transaction: Transaction, verdict: Verdict): Promise<void> {
    await this.reviews.noteUnmapped(about(transaction), verdict);
  }

  private async lateSuccess({
    transaction,
    verdict,
    attemptNo,
    toldBy,
  }: Omit<SettlementRow, 'answer'>) {
    const { providerTransactionId } = verdict;
    await this.reviews.open({
      ...{ kind: 'late_success', ...about(transaction), ...toldBy },
      details: {
        ...{ from: transaction.status, attempt_no: attemptNo },
        provider_transaction_id: providerTransactionId,
      },
    });
  }
}

function about({ id, partnerId, provider, providerAccount }: Transaction) {
  return { transactionId: id, partnerId, provider, providerAccount };
}
