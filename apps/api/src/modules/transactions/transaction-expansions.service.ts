import { Injectable } from '@nestjs/common';
import { ApiError } from '../../errors/api-error.js';
import { EventsService } from '../events/index.js';
import { toAttemptDto } from './transaction-attempt.dto.js';
import type { TransactionExpansions } from './transaction.dto.js';
import { TransactionsRepository } from './transactions.repository.js';

type Name = keyof TransactionExpansions;
type Load = (partnerId: string, transactionId: string) => Promise<object[]>;

/** Reads what a payment is answered with on request: `?expand=attempts,events`. */
@Injectable()
export class Expansions {
  private readonly loads = new Map<string, Load>();

  constructor(transactions: TransactionsRepository, events: EventsService) {
    this.add('attempts', async (partnerId, id) => {
      return (await transactions.attempts(partnerId, id)).map(toAttemptDto);
    });
    this.add('events', async (partnerId, id) => {
      return (await events.listOfTransaction(partnerId, id)).data;
    });
  }

  /** For the modules above, which know what belongs to a payment. */
  add(name: Name, load: Load): void {
    this.loads.set(name, load);
  }

  /** @throws ApiError for a name that nobody has added */
  check(expand: string | undefined): string[] {
    const names = [...new Set(expand?.split(',') ?? [])];
    const unknown = names.filter((name) => !this.loads.has(name));
    if (unknown.length === 0) return names;
    const known = [...this.loads.keys()].sort().join(', ');
    const message = `expand takes a comma-separated list of ${known}`;
    const errors = [{ param: 'expand', code: 'unknown_expansion', message }];
    throw new ApiError('parameter_invalid', { detail: `${message}.`, errors });
  }

  async read(
    names: readonly string[],
    partnerId: string,
    transactionId: string,
  ): Promise<TransactionExpansions> {
    const read = names.map(async (name) => {
      return [name, await this.loads.get(name)?.(partnerId, transactionId)] as const;
    });
    return Object.fromEntries(await Promise.all(read));
  }
}
