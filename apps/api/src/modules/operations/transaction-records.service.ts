import { Injectable } from '@nestjs/common';
import { ApiError } from '../../errors/api-error.js';
import type { Operator } from '../../http/request.js';
import {
  type SettledRefundDto,
  toSettledRefundDto,
  toTransactionRecordDto,
  type TransactionRecordDto,
} from './transaction-record.dto.js';
import { TransactionRecordsRepository } from './transaction-records.repository.js';

/** Shows internal teams what happened to a payment. */
@Injectable()
export class TransactionRecordsService {
  constructor(private readonly records: TransactionRecordsRepository) {}

  async show(operator: Operator, id: string): Promise<TransactionRecordDto> {
    const found = await this.records.find(id, operator);
    if (!found) throw new ApiError('transaction_not_found');
    return toTransactionRecordDto(found.record, found.decimal_places);
  }

  async showRefund(operator: Operator, id: string): Promise<SettledRefundDto> {
    const found = await this.records.findRefund(id, operator);
    if (!found) throw new ApiError('refund_not_found');
    return toSettledRefundDto(found.record, found.decimal_places);
  }
}
