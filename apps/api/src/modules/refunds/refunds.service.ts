import { formatAmount } from '@libs/money';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { failpoint } from '../../failpoints.js';
import { ApiError } from '../../errors/api-error.js';
import type { Caller, IdempotencyClaim } from '../../http/request.js';
import { databaseClock } from '../../platform/database-clock.js';
import { CatalogService } from '../catalog/index.js';
import { IdempotencyService } from '../idempotency/index.js';
import { minorOrRefuse, TransactionsService } from '../transactions/index.js';
import { type CreateRefundDto, type RefundDto, toRefundDto } from './refund.dto.js';
import type { Refund } from './refund.entity.js';
import { RefundProvider } from './refund-provider.service.js';
import { RefundSettlement } from './refund-settlement.service.js';
import { RefundsRepository, type WrittenRefund } from './refunds.repository.js';

/** What partners do with refunds: record, commit, ask the provider, settle, answer. */
@Injectable()
export class RefundsService {
  constructor(
    private readonly refunds: RefundsRepository,
    private readonly transactions: TransactionsService,
    private readonly catalog: CatalogService,
    private readonly idempotency: IdempotencyService,
    private readonly provider: RefundProvider,
    private readonly settlement: RefundSettlement,
  ) {}

  async create(
    caller: Caller,
    claim: IdempotencyClaim,
    transactionId: string,
    request: CreateRefundDto,
  ): Promise<RefundDto> {
    const transaction = await this.transactions.findOrRefuse(caller.partnerId, transactionId);
    if (transaction.archived) {
      throw await this.refunds.expiredOr(claim, new ApiError('transaction_archived'));
    }
    const { currency } = transaction;
    const decimals = await this.catalog.decimalsOf(currency);
    const amount = request.amount ?? null;
    if (amount !== null && minorOrRefuse(amount, decimals, currency) === 0n) {
      throw new ApiError('amount_invalid', { detail: 'The amount of a refund is above zero.' });
    }
    const draft = {
      id: uuidv7(),
      transactionId,
      amount,
      reason: request.reason,
      metadata: request.metadata ?? null,
    };
    await failpoint('refund.before_intent');
    const written = await this.record(draft, caller, claim, decimals);
    await failpoint('refund.after_intent');
    if (!written) return this.resume(caller, claim);
    const now = databaseClock(written.databaseTime);
    const verdict = await this.provider.refund(written.refund);
    await failpoint('refund.after_provider');
    const waiting = { claim, httpStatus: 201, at: now() };
    const answer = await this.settle(written.refund, verdict, caller, waiting);
    await failpoint('refund.after_outcome');
    return answer;
  }

  async show(partnerId: string, id: string): Promise<RefundDto> {
    const refund = await this.find(partnerId, id);
    if (!refund) throw new ApiError('refund_not_found');
    return refund;
  }

  /** @returns `undefined` for what its partner can't read */
  async find(partnerId: string, id: string): Promise<RefundDto | undefined> {
    const found = await this.refunds.find(partnerId, id);
    return found && !found.refund.deletedAt ? this.present(found.refund) : undefined;
  }

  async present(refund: Refund): Promise<RefundDto> {
    return toRefundDto(refund, await this.catalog.decimalsOf(refund.currency));
  }

  private async record(
    draft: Parameters<RefundsRepository['insert']>[0],
    caller: Caller,
    claim: IdempotencyClaim,
    decimals: number,
  ): Promise<WrittenRefund | undefined> {
    try {
      return await this.refunds.insert(draft, caller, claim, this.idempotency.leaseMs);
    } catch (error) {
      const refundable = error instanceof ApiError ? error.details.refundable : undefined;
      if (!(error instanceof ApiError) || refundable === undefined) throw error;
      const left = formatAmount(refundable, decimals);
      const detail = `At most ${left} can still be refunded.`;
      throw new ApiError(error.code, { detail, refundable: left });
    }
  }

  /** The key was claimed before: the first answer, or what became of the first request's refund. */
  private async resume(caller: Caller, claim: IdempotencyClaim): Promise<RefundDto> {
    const id = await this.idempotency.recall(claim).catch(async (error: unknown) => {
      const isExpired = error instanceof ApiError && error.code === 'idempotency_key_expired';
      throw isExpired ? await this.refunds.expiredOr(claim, error) : error;
    });
    const found = id && (await this.refunds.find(claim.partnerId, id));
    if (!found) throw new ApiError('idempotency_request_in_progress', { retryAfterSeconds: 1 });
    const now = databaseClock(found.databaseTime);
    const verdict = await this.provider.synchronise(found.refund);
    await failpoint('refund_resume.after_provider');
    const waiting = { claim, httpStatus: 201, at: now() };
    const answer = await this.settle(found.refund, verdict, caller, waiting);
    await failpoint('refund_resume.after_outcome');
    return answer;
  }

  private async settle(
    refund: Refund,
    verdict: Parameters<RefundSettlement['settle']>[1],
    { requestId }: Caller,
    waiting: { claim: IdempotencyClaim; httpStatus: number; at: Date },
  ): Promise<RefundDto> {
    return this.present(await this.settlement.settle(refund, verdict, { requestId, waiting }));
  }
}
