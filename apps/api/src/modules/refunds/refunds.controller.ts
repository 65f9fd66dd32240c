import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../../http/page.dto.js';
import { Refuses } from '../../errors/refuses.decorator.js';
import { type Caller, CurrentPartner, type IdempotencyClaim } from '../../http/request.js';
import { Audited } from '../../http/audited.decorator.js';
import { Versioned } from '../../http/versioned.decorator.js';
import { Claim, Idempotent } from '../idempotency/index.js';
import { TransactionsService } from '../transactions/index.js';
import { CreateRefundDto, RefundDto, RefundPageDto, RefundQuery } from './refund.dto.js';
import { RefundSearch } from './refund-search.service.js';
import { RefundsService } from './refunds.service.js';

@ApiTags('Refunds')
@Controller('v1')
export class RefundsController {
  constructor(
    private readonly refunds: RefundsService,
    private readonly search: RefundSearch,
    private readonly transactions: TransactionsService,
  ) {}

  /**
   * Refund a payment, in full or in part
   *
   * @remarks The sum of all refunds never exceeds the payment, however many arrive at once.
   */
  @Post('transactions/:id/refunds')
  @Idempotent()
  @ApiOperation({ operationId: 'createRefund' })
  @Refuses(
    'transaction_not_found',
    'transaction_not_refundable',
    'transaction_archived',
    'refund_exceeds_amount',
    'amount_invalid',
  )
  @Audited('create', 'refund')
  create(
    @CurrentPartner() caller: Caller,
    @Claim() claim: IdempotencyClaim,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: CreateRefundDto,
  ): Promise<RefundDto> {
    return this.refunds.create(caller, claim, id, body);
  }

  /**
   * List the refunds of one payment, newest first
   *
   * @remarks Those that were made at the provider itself are listed too, with `source: "provider"`.
   */
  @Get('transactions/:id/refunds')
  @ApiOperation({ operationId: 'listTransactionRefunds' })
  @Refuses('transaction_not_found')
  @Audited('read', 'refund')
  async listOfTransaction(
    @CurrentPartner() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<RefundPageDto> {
    await this.transactions.findOrRefuse(caller.partnerId, id);
    return this.search.list(caller.partnerId, { ...query, transaction_id: id });
  }

  /**
   * List refunds, newest first
   *
   * @remarks Filters are combined: a refund has to meet all of them.
   */
  @Get('refunds')
  @ApiOperation({ operationId: 'listRefunds' })
  @Audited('read', 'refund')
  list(@CurrentPartner() caller: Caller, @Query() query: RefundQuery): Promise<RefundPageDto> {
    return this.search.list(caller.partnerId, query);
  }

  /**
   * Get one refund
   *
   * @remarks While its `ETag` is the same, the answer to `If-None-Match` is 304.
   */
  @Get('refunds/:id')
  @Versioned()
  @ApiOperation({ operationId: 'getRefund' })
  @Refuses('refund_not_found')
  @Audited('read', 'refund')
  show(
    @CurrentPartner() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<RefundDto> {
    return this.refunds.show(caller.partnerId, id);
  }
}
