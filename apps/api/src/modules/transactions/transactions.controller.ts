import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refuses } from '../../errors/refuses.decorator.js';
import { type Caller, CurrentPartner, type IdempotencyClaim } from '../../http/request.js';
import { Audited } from '../../http/audited.decorator.js';
import { Versioned } from '../../http/versioned.decorator.js';
import { Claim, Idempotent } from '../idempotency/index.js';
import {
  CancelTransactionDto,
  createExamples,
  CreateTransactionDto,
} from './create-transaction.dto.js';
import { TransactionAnswer } from './transaction-answer.service.js';
import { Expansions } from './transaction-expansions.service.js';
import { ExpandQuery, TransactionQuery } from './transaction-query.dto.js';
import { TransactionSearch } from './transaction-search.service.js';
import { ExpandedTransactionDto, TransactionDto, TransactionPageDto } from './transaction.dto.js';
import { TransactionsService } from './transactions.service.js';

@ApiTags('Transactions')
@Controller('v1/transactions')
export class TransactionsController {
  constructor(
    private readonly transactions: TransactionsService,
    private readonly search: TransactionSearch,
    private readonly answer: TransactionAnswer,
    private readonly expansions: Expansions,
  ) {}

  /**
   * Make a payment
   *
   * @remarks The HTTP status says that the payment was accepted and recorded; its `status` says what became
   * of the money. A declined payment is 201 with `status: "failed"`. When the provider does not
   * answer, it is 201 with `status: "processing"`, and settled as soon as the outcome is known.
   */
  @Post()
  @Idempotent()
  @ApiOperation({ operationId: 'createTransaction' })
  @ApiBody({ type: CreateTransactionDto, examples: createExamples })
  @Refuses(
    'amount_invalid',
    'currency_not_supported',
    'payment_method_not_supported',
    'no_provider_available',
  )
  @Audited('create', 'transaction')
  create(
    @CurrentPartner() caller: Caller,
    @Claim() claim: IdempotencyClaim,
    @Body() body: CreateTransactionDto,
  ): Promise<TransactionDto> {
    return this.transactions.create(caller, claim, body);
  }

  /**
   * List payments, newest first
   *
   * @remarks Filters are combined: a payment has to meet all of them. `metadata[cart]=c-77` finds
   * payments whose metadata has that value under that key.
   */
  @Get()
  @ApiOperation({ operationId: 'listTransactions' })
  @Audited('read', 'transaction')
  list(
    @CurrentPartner() caller: Caller,
    @Query() query: TransactionQuery,
  ): Promise<TransactionPageDto> {
    return this.search.list(caller.partnerId, query);
  }

  /**
   * Get one payment
   *
   * @remarks `expand` answers its attempts, events or refunds with it. While its `ETag` is the same, the answer to
   * `If-None-Match` is 304.
   */
  @Get(':id')
  @Versioned()
  @ApiOperation({ operationId: 'getTransaction' })
  @Refuses('transaction_not_found')
  @Audited('read', 'transaction')
  async show(
    @CurrentPartner() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() query: ExpandQuery,
  ): Promise<ExpandedTransactionDto> {
    const { partnerId } = caller;
    const names = this.expansions.check(query.expand);
    const transaction = await this.transactions.findOrRefuse(partnerId, id);
    const expanded = await this.expansions.read(names, partnerId, id);
    return { ...(await this.answer.of(transaction)), ...expanded };
  }

  /**
   * Start a payment that was made with confirm: false
   *
   * @remarks Sends it to the provider. The answer is the one that creating it at once would have had.
   */
  @Post(':id/confirm')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ operationId: 'confirmTransaction' })
  @Refuses('transaction_not_found', 'transaction_not_confirmable', 'transaction_archived')
  @Audited('update', 'transaction')
  confirm(
    @CurrentPartner() caller: Caller,
    @Claim() claim: IdempotencyClaim,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<TransactionDto> {
    return this.transactions.confirm(caller, claim, id);
  }

  /**
   * Cancel a payment that is not completed
   *
   * @remarks One that is `pending` is cancelled at once. One that is `processing` is cancelled at its provider if
   * that still lets us; its `status` says what became of it. Refund one that is completed.
   */
  @Post(':id/cancel')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ operationId: 'cancelTransaction' })
  @Refuses('transaction_not_found', 'transaction_not_cancellable', 'transaction_archived')
  @Audited('update', 'transaction')
  cancel(
    @CurrentPartner() caller: Caller,
    @Claim() claim: IdempotencyClaim,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: CancelTransactionDto,
  ): Promise<TransactionDto> {
    return this.transactions.cancel(caller, claim, id, body);
  }
}
