import { Body, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiHeader, ApiOperation } from '@nestjs/swagger';
import { Refuses } from '../../errors/refuses.decorator.js';
import { Audited } from '../../http/audited.decorator.js';
import type { AcceptedVersions } from '../../http/entity-tags.js';
import { IfMatch, ifMatchHeader } from '../../http/if-match.decorator.js';
import type { Operator } from '../../http/request.js';
import { CurrentOperator, OperationsController } from './operations.decorator.js';
import { SettlementDto } from './settlement.dto.js';
import { SettlementsService } from './settlements.service.js';
import { SettledRefundDto } from './transaction-record.dto.js';

@OperationsController('refunds', 'Refunds')
export class RefundRecordsController {
  constructor(private readonly settlements: SettlementsService) {}

  /**
   * Settle a refund that people pay out
   *
   * @remarks Of the provider `manual` only. The same settlement again changes nothing.
   */
  @Post(':id/settle')
  @HttpCode(200)
  @ApiOperation({ operationId: 'settleRefund' })
  @Refuses(
    'refund_not_found',
    'refund_not_settleable',
    'transaction_archived',
    'evidence_already_used',
  )
  @ApiHeader(ifMatchHeader)
  @Audited('update', 'refund')
  settle(
    @CurrentOperator() operator: Operator,
    @Param('id', ParseUUIDPipe) id: string,
    @IfMatch() accepted: AcceptedVersions,
    @Body() body: SettlementDto,
  ): Promise<SettledRefundDto> {
    return this.settlements.refund(operator, { ...body, id, accepted });
  }
}
