import { Injectable } from '@nestjs/common';
import { ApiError } from '../../errors/api-error.js';
import type { Operator } from '../../http/request.js';
import { type Deletion, DeletionsRepository } from './deletions.repository.js';

/** Hides what internal teams delete. Deleting again changes nothing. */
@Injectable()
export class DeletionsService {
  constructor(private readonly deletions: DeletionsRepository) {}

  async transaction(operator: Operator, deletion: Deletion): Promise<void> {
    const result = await this.deletions.transaction(deletion, operator);
    if (!result) throw new ApiError('transaction_not_found');
    if (result === 'stale') throw new ApiError('version_conflict');
  }

  async partner(operator: Operator, deletion: Deletion): Promise<void> {
    const result = await this.deletions.partner(deletion, operator);
    if (!result) throw new ApiError('partner_not_found');
    if (result === 'stale') throw new ApiError('version_conflict');
  }
}
