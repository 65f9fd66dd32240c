import { Injectable } from '@nestjs/common';
import type { Operator } from '../../http/request.js';
import { type Settlement, SettlementsRepository } from './settlements.repository.js';
import type { SettledRefundDto, TransactionRecordDto } from './transaction-record.dto.js';
import { TransactionRecordsService } from './transaction-records.service.js';

/** Settles what only people can tell: payments and refunds of the manual provider. */
@Injectable()
export class SettlementsService {
  constructor(
    private readonly settlements: SettlementsRepository,
    private readonly records: TransactionRecordsService,
  ) {}

  async transaction(operator: Operator, settlement: Settlement): Promise<TransactionRecordDto> {
    await this.settlements.transaction(settlement, operator);
    return this.records.show(operator, settlement.id);
  }

  async refund(operator: Operator, settlement: Settlement): Promise<SettledRefundDto> {
    await this.settlements.refund(settlement, operator);
    return this.records.showRefund(operator, settlement.id);
  }
}
