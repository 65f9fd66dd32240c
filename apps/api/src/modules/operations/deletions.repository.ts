import { Injectable } from '@nestjs/common';
import { ApiError } from '../../errors/api-error.js';
import { violatedConstraint } from '../../errors/database-errors.js';
import type { AcceptedVersions } from '../../http/entity-tags.js';
import type { Operator } from '../../http/request.js';
import { deletePartner, deleteTransaction, findArchived } from './deletion.statements.js';
import { OperationsDatabase, scopeOf } from './operations-database.service.js';

/** Which row is deleted, in which versions, and why. */
export interface Deletion {
  id: string;
  accepted: AcceptedVersions;
  reason: string;
}

/** `stale`: the row has none of the accepted versions. `undefined`: there is no such row. */
export type DeletionResult = 'deleted' | 'stale' | undefined;

/** Soft deletions. One that was done before is done. */
@Injectable()
export class DeletionsRepository {
  constructor(private readonly database: OperationsDatabase) {}

  /** @throws ApiError `transaction_not_deletable`, `transaction_archived` */
  async transaction(deletion: Deletion, operator: Operator): Promise<DeletionResult> {
    const values = valuesOf(deletion, operator);
    const scope = scopeOf(operator);
    const deleting = this.database.statement<DeletedRow>(scope, deleteTransaction, values);
    const rows = await deleting.catch(translate);
    if (rows.length > 0) return resultOf(rows);
    const archived = await this.database.statement(scope, findArchived, [deletion.id]);
    if (archived.length > 0) throw new ApiError('transaction_archived');
    return undefined;
  }

  async partner(deletion: Deletion, operator: Operator): Promise<DeletionResult> {
    const values = valuesOf(deletion, operator);
    return resultOf(
      await this.database.statement<DeletedRow>(scopeOf(operator), deletePartner, values),
    );
  }
}

interface DeletedRow {
  deleted: boolean;
}

function valuesOf({ id, accepted, reason }: Deletion, operator: Operator) {
  const { name, ipAddress, userAgent, requestId } = operator;
  return [id, accepted ?? null, reason, name, ipAddress, userAgent ?? null, requestId];
}

function resultOf([row]: DeletedRow[]): DeletionResult {
  return row && (row.deleted ? 'deleted' : 'stale');
}

function translate(error: unknown): never {
  if (violatedConstraint(error) === 'transactions_soft_delete_open') {
    throw new ApiError('transaction_not_deletable');
  }
  throw error;
}
