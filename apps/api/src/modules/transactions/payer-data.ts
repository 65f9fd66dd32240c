import { Injectable } from '@nestjs/common';
import { type Place, Vault } from '../../platform/vault.service.js';
import type { PlainPayer } from './transaction.dto.js';
import type { Transaction } from './transaction.entity.js';

/** Seals and opens the personal data of a transaction, each value bound to its column and row. */
@Injectable()
export class PayerData {
  constructor(private readonly vault: Vault) {}

  seal(
    transactionId: string,
    payer: { email: string; name?: string; phone?: string },
  ): PlainPayer & Pick<Transaction, 'customerEmailHash'> {
    return {
      customerEmail: this.vault.seal(payer.email, place('customer_email', transactionId)),
      customerName: this.vault.sealOptional(payer.name, place('customer_name', transactionId)),
      customerPhone: this.vault.sealOptional(payer.phone, place('customer_phone', transactionId)),
      customerEmailHash: this.vault.hashEmail(payer.email),
    };
  }

  open({ id, customerEmail, customerName, customerPhone }: Transaction): PlainPayer {
    return {
      customerEmail: this.vault.openOptional(customerEmail, place('customer_email', id)),
      customerName: this.vault.openOptional(customerName, place('customer_name', id)),
      customerPhone: this.vault.openOptional(customerPhone, place('customer_phone', id)),
    };
  }

  emailHashes(email: string): string[] {
    return this.vault.emailHashes(email);
  }
}

function place(
  column: 'customer_email' | 'customer_name' | 'customer_phone',
  transactionId: string,
): Place {
  return `transactions.${column}:${transactionId}`;
}
