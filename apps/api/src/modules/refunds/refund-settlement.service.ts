import { isSettledByPeople } from '@libs/providers';
import { Injectable } from '@nestjs/common';
import type { IdempotencyClaim } from '../../http/request.js';
import { CatalogService } from '../catalog/index.js';
import { IdempotencyService } from '../idempotency/index.js';
import { ReviewsService } from '../reviews/index.js';
import { mostSyncs, nextSyncMs } from '../transactions/index.js';
import { toRefundDto } from './refund.dto.js';
import type { Refund } from './refund.entity.js';
import { mayMoveRefund } from './refund.machine.js';
import { type RefundVerdict, unknownRefund } from './refund-verdict.js';
import { RefundsRepository } from './refunds.repository.js';

/** Who settles, and for which waiting request. */
export interface RefundSettlementContext {
  requestId?: string;
  waiting?: { claim: IdempotencyClaim; httpStatus: number; at: Date };
}

const maxRounds = 5;

/** The only place that changes the status of a refund after it was recorded. */
@Injectable()
export class RefundSettlement {
  constructor(
    private readonly refunds: RefundsRepository,
    private readonly idempotency: IdempotencyService,
    private readonly catalog: CatalogService,
    private readonly reviews: ReviewsService,
  ) {}

  /** @returns the refund as it is now, and as the stored answer of a waiting request shows it */
  async settle(
    refund: Refund,
    verdict: RefundVerdict,
    context: RefundSettlementContext,
  ): Promise<Refund> {
    let told = verdict;
    let current = refund;
    for (let round = 0; round < maxRounds; round++) {
      const settled = await this.write(current, told, context);
      if (settled) return settled;
      const found = await this.refunds.find(refund.partnerId, refund.id);
      if (!found) throw new Error(`refund ${refund.id} is gone`);
      // Refused at the version that was decided on: there is more than the one call that was heard of.
      const isDisproved = found.refund.version === current.version && told.presumedSends !== null;
      if (isDisproved) told = unknownRefund('it was sent more than once');
      current = found.refund;
    }
    throw new Error(`refund ${refund.id} changed ${maxRounds} times while it settled`);
  }

  private async write(
    refund: Refund,
    verdict: RefundVerdict,
    { requestId, waiting }: RefundSettlementContext,
  ): Promise<Refund | undefined> {
    const actor = verdict.certainty === 'confirmed' ? 'provider' : 'system';
    const isSame = verdict.status === refund.status;
    if (
      isSame ? refund.status !== 'processing' : !mayMoveRefund(refund.status, verdict.status, actor)
    ) {
      if (waiting) await this.storeAnswer(refund, waiting);
      return refund;
    }
    const schedule = scheduleOf(refund, verdict);
    if (schedule.leastSyncs > 0) await this.giveUp(refund, verdict);
    const row = {
      refund,
      verdict,
      actor: actor === 'provider' ? `provider:${refund.provider}` : actor,
      requestId,
      at: waiting?.at,
      ...schedule,
      answer: undefined,
    };
    if (!waiting) return (await this.refunds.settle(row))?.refund;
    const foretold = foretell(refund, verdict, waiting.at);
    const sealed = this.idempotency.seal(waiting.claim, await this.body(foretold));
    const settled = await this.refunds.settle({ ...row, answer: { ...sealed, ...waiting } });
    if (settled && !settled.answered) await this.idempotency.recall(waiting.claim);
    return settled && foretold;
  }

  /** Before the end of the schedule is written: after a crash it is told again. */
  private giveUp(refund: Refund, { providerRefundId, lastAnswer }: RefundVerdict): Promise<void> {
    const { id, partnerId, transactionId, provider, providerAccount, amount, currency } = refund;
    return this.reviews.open({
      ...{ kind: 'outcome_unknown', partnerId, transactionId, refundId: id },
      ...{ provider, providerAccount },
      details: {
        ...{ amount, currency, last_answer: lastAnswer },
        provider_refund_id: providerRefundId ?? refund.providerRefundId,
      },
    });
  }

  private async storeAnswer(
    refund: Refund,
    { claim, httpStatus }: { claim: IdempotencyClaim; httpStatus: number },
  ): Promise<void> {
    await this.idempotency.storeAnswer(claim, httpStatus, await this.body(refund));
  }

  private async body(refund: Refund): Promise<string> {
    const decimals = await this.catalog.decimalsOf(refund.currency);
    return JSON.stringify(toRefundDto(refund, decimals));
  }
}

function scheduleOf({ provider, syncCount }: Refund, verdict: RefundVerdict) {
  const isAwaited = verdict.status === 'processing' && !isSettledByPeople(provider);
  const isOver = !isAwaited || verdict.isHopeless;
  const nextSyncInMs = isOver ? null : nextSyncMs(verdict.retryAfterMs, syncCount);
  return { nextSyncInMs, leastSyncs: isAwaited && nextSyncInMs === null ? mostSyncs : 0 };
}

/** The row as the statement will leave it, so that its answer can be stored by the same statement. */
function foretell(refund: Refund, verdict: RefundVerdict, at: Date): Refund {
  const { status, errorCode, errorMessage } = verdict;
  return {
    ...refund,
    status,
    errorCode,
    errorMessage,
    providerRefundId: verdict.providerRefundId ?? refund.providerRefundId,
    processedAt: status === 'completed' ? (refund.processedAt ?? at) : refund.processedAt,
    failedAt: status === 'failed' ? (refund.failedAt ?? at) : refund.failedAt,
    updatedAt: at,
    version: refund.version + 1,
  };
}
