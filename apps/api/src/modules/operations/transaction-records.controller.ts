import { Get, Param, ParseUUIDPipe } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { Refuses } from '../../errors/refuses.decorator.js';
import type { Operator } from '../../http/request.js';
import { Audited } from '../../http/audited.decorator.js';
import { CurrentOperator, OperationsController } from './operations.decorator.js';
import { TransactionRecordDto } from './transaction-record.dto.js';
import { TransactionRecordsService } from './transaction-records.service.js';

@OperationsController('transactions', 'Transactions')
export class TransactionRecordsController {
  constructor(private readonly records: TransactionRecordsService) {}

  /** Get one payment of any partner with its attempts, refunds and events */
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
}
