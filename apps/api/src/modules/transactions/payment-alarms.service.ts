import { Injectable, Logger } from '@nestjs/common';
import type { Transaction } from './transaction.entity.js';

/** Why a person has to look at a payment. */
export type PaymentAlarm = 'double_charge' | 'amount_mismatch' | 'outcome_unknown';

/** The one place where payments are handed to people. */
@Injectable()
export class PaymentAlarms {
  private readonly logger = new Logger('PaymentAlarms');

  raise(alarm: PaymentAlarm, { id }: Transaction, attemptNo: number, detail: string): void {
    this.logger.error(`${alarm}: transaction ${id}, attempt ${attemptNo}: ${detail}`);
  }

  unmapped({ id }: Transaction, provider: string, word: string): void {
    this.logger.warn(`unmapped provider code: ${provider} ${word}, transaction ${id}`);
  }
}
