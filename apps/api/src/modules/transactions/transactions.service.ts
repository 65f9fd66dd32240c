import { Injectable } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { ApiError } from '../../errors/api-error.js';
import type { Caller, IdempotencyClaim } from '../../http/request.js';
import { IdempotencyService } from '../idempotency/index.js';
import type { CancelTransactionDto, CreateTransactionDto } from './create-transaction.dto.js';
import { PaymentsInFlight } from './payments-in-flight.service.js';
import { TransactionDrafts } from './transaction-drafts.service.js';
import type { TransactionDto } from './transaction.dto.js';
import type { Transaction } from './transaction.entity.js';
import { type WrittenTransaction, TransactionsRepository } from './transactions.repository.js';

/** What partners do with payments: record, commit, ask the provider, settle, answer. */
@Injectable()
export class TransactionsService {
  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly drafts: TransactionDrafts,
    private readonly inFlight: PaymentsInFlight,
    private readonly idempotency: IdempotencyService,
  ) {}

  async create(
    caller: Caller,
    claim: IdempotencyClaim,
    request: CreateTransactionDto,
  ): Promise<TransactionDto> {
    const draft = await this.drafts.draft(caller, claim, request);
    const { leaseMs } = this.idempotency;
    await failpoint('create.before_intent');
    const written = await this.transactions.insert(draft, caller, claim, leaseMs);
    await failpoint('create.after_intent');
    if (!written) return this.inFlight.resume(caller, claim, 201);
    if (draft.status === 'pending') return this.inFlight.answerNow(written, claim, 201);
    return this.inFlight.charge(written, caller, claim, 201);
  }

  async confirm(caller: Caller, claim: IdempotencyClaim, id: string): Promise<TransactionDto> {
    refuseArchived(await this.findOrRefuse(caller.partnerId, id));
    const { leaseMs } = this.idempotency;
    await failpoint('confirm.before_intent');
    const change = await this.transactions.confirm(id, caller, claim, leaseMs);
    await failpoint('confirm.after_intent');
    if (!change) return this.inFlight.resume(caller, claim, 200);
    const written = changedOrRefuse(change, 'transaction_not_confirmable');
    return this.inFlight.charge(written, caller, claim, 200);
  }

  async cancel(
    caller: Caller,
    claim: IdempotencyClaim,
    id: string,
    { reason }: CancelTransactionDto,
  ): Promise<TransactionDto> {
    refuseArchived(await this.findOrRefuse(caller.partnerId, id));
    const { leaseMs } = this.idempotency;
    await failpoint('cancel.before_intent');
    const change = await this.transactions.cancel(id, reason, caller, claim, leaseMs);
    await failpoint('cancel.after_intent');
    if (!change) return this.inFlight.resume(caller, claim, 200);
    const written = changedOrRefuse(change, 'transaction_not_cancellable');
    if (written.transaction.status === 'cancelled') {
      return this.inFlight.answerNow(written, claim, 200);
    }
    return this.inFlight.cancel(written, caller, claim, 200);
  }

  async findOrRefuse(partnerId: string, id: string): Promise<Transaction> {
    const transaction = await this.transactions.find(partnerId, id);
    if (!transaction || transaction.deletedAt) throw new ApiError('transaction_not_found');
    return transaction;
  }
}

function refuseArchived({ archived }: Transaction): void {
  if (archived) throw new ApiError('transaction_archived');
}

/** The key is claimed, but the payment was in no state for it. */
function changedOrRefuse(
  change: WrittenTransaction | 'refused',
  code: 'transaction_not_confirmable' | 'transaction_not_cancellable',
): WrittenTransaction {
  if (change === 'refused') throw new ApiError(code);
  return change;
}
