import { Injectable } from '@nestjs/common';
import { CatalogService } from '../catalog/index.js';
import { PayerData } from './payer-data.js';
import { toTransactionDto, type TransactionDto } from './transaction.dto.js';
import type { Transaction } from './transaction.entity.js';
import { TransactionsRepository } from './transactions.repository.js';

/** Makes the resource that partners see of a row: decrypted, in the decimals of its currency. */
@Injectable()
export class TransactionAnswer {
  constructor(
    private readonly catalog: CatalogService,
    private readonly payerData: PayerData,
    private readonly transactions: TransactionsRepository,
  ) {}

  async of(transaction: Transaction): Promise<TransactionDto> {
    const decimals = await this.catalog.decimalsOf(transaction.currency);
    return toTransactionDto(transaction, this.payerData.open(transaction), decimals);
  }

  /** @returns `undefined` for what its partner can't read */
  async find(partnerId: string, id: string): Promise<TransactionDto | undefined> {
    const transaction = await this.transactions.find(partnerId, id);
    return transaction && !transaction.deletedAt ? this.of(transaction) : undefined;
  }
}
