import { Body, Delete, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOperation } from '@nestjs/swagger';
import { Refuses } from '../../errors/refuses.decorator.js';
import type { Operator } from '../../http/request.js';
import { Audited } from '../../http/audited.decorator.js';
import type { AcceptedVersions } from '../../http/entity-tags.js';
import { IfMatch, ifMatchHeader } from '../../http/if-match.decorator.js';
import { DeletionQuery } from './deletion.dto.js';
import { DeletionsService } from './deletions.service.js';
import { CurrentOperator, OperationsController } from './operations.decorator.js';
import { SettlementDto } from './settlement.dto.js';
import { SettlementsService } from './settlements.service.js';
import { TransactionRecordDto } from './transaction-record.dto.js';
import { TransactionRecordsService } from './transaction-records.service.js';

@OperationsController('transactions', 'Transactions')
export class TransactionRecordsController {
  constructor(
    private readonly records: TransactionRecordsService,
    private readonly deletions: DeletionsService,
    private readonly settlements: SettlementsService,
  ) {}

  /**
   * Get one payment of any partner with its attempts, refunds and events
   *
   * @remarks One that was deleted is shown too, with `deleted_at`.
   */
  @Get(':id')
  @ApiOperation({ operationId: 'getTransaction' })
  @Refuses('transaction_not_found')
  @Audited('read', 'transaction')
  show(
    @CurrentOperator() operator: Operator,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<TransactionRecordDto> {
    return this.records.show(operator, id);
  }

  /**
   * Hide a settled payment from its partner
   *
   * @remarks The payment and its refunds stay in the database and in this API, with `deleted_at`.
   * A payment that is pending, processing or has an open refund can't be deleted.
   */
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteTransaction' })
  @Refuses('transaction_not_found', 'transaction_not_deletable', 'transaction_archived')
  @ApiHeader(ifMatchHeader)
  @Audited('delete', 'transaction')
  delete(
    @CurrentOperator() operator: Operator,
    @Param('id', ParseUUIDPipe) id: string,
    @IfMatch() accepted: AcceptedVersions,
    @Query() { reason }: DeletionQuery,
  ): Promise<void> {
    return this.deletions.transaction(operator, { id, accepted, reason });
  }

  /**
   * Settle a payment that people receive
   *
   * @remarks Of the provider `manual` only. The evidence becomes its `provider_transaction_id`. The
   * same settlement again changes nothing.
   */
  @Post(':id/settle')
  @HttpCode(200)
  @ApiOperation({ operationId: 'settleTransaction' })
  @Refuses(
    'transaction_not_found',
    'transaction_not_settleable',
    'transaction_archived',
    'evidence_already_used',
  )
  @ApiHeader(ifMatchHeader)
  @Audited('update', 'transaction')
  settle(
    @CurrentOperator() operator: Operator,
    @Param('id', ParseUUIDPipe) id: string,
    @IfMatch() accepted: AcceptedVersions,
    @Body() body: SettlementDto,
  ): Promise<TransactionRecordDto> {
    return this.settlements.transaction(operator, { ...body, id, accepted });
  }
}
