import { isSettledByPeople } from '@libs/providers';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApiError } from '../../errors/api-error.js';
import type { ErrorCode } from '../../errors/error-catalogue.js';
import { violatedConstraint } from '../../errors/database-errors.js';
import type { AcceptedVersions } from '../../http/entity-tags.js';
import type { Operator } from '../../http/request.js';
import { OperationsDatabase, scopeOf } from './operations-database.service.js';
import type { SettlementDto } from './settlement.dto.js';
import {
  auditRefund,
  auditTransaction,
  findArchived,
  lockRefund,
  lockTransaction,
  settleRefund,
  settleTransaction,
} from './settlement.statements.js';

/** Which row is settled, in which versions, and how. */
export interface Settlement extends SettlementDto {
  id: string;
  accepted: AcceptedVersions;
}

interface LockedRow {
  status: string;
  provider: string;
  version: number;
  evidence_reference: string | null;
}

const uniqueEvidence = new Set([
  'unique_transactions_provider_transaction',
  'unique_transaction_attempts_provider_transaction',
  'unique_refunds_provider_refund',
]);

/** Settlements by people. One that was made before is made. */
@Injectable()
export class SettlementsRepository {
  constructor(private readonly database: OperationsDatabase) {}

  /** @throws ApiError that says why the payment can't be settled so */
  transaction(settlement: Settlement, operator: Operator): Promise<void> {
    return this.database.run(scopeOf(operator), async (manager) => {
      const [row] = await manager.query<LockedRow[]>(lockTransaction, [settlement.id]);
      if (!row) throw await missing(manager, settlement, 'transaction_not_found');
      if (isSettledSo(row, settlement)) return;
      refuseUnlessOpen(row, settlement, 'transaction_not_settleable');
      const values = valuesOf(settlement, 'The payment did not arrive.');
      await manager.query(settleTransaction, values).catch(translate);
      await manager.query(auditTransaction, auditValues(settlement, row, operator));
    });
  }

  /** @throws ApiError that says why the refund can't be settled so */
  refund(settlement: Settlement, operator: Operator): Promise<void> {
    return this.database.run(scopeOf(operator), async (manager) => {
      const [row] = await manager.query<LockedRow[]>(lockRefund, [settlement.id]);
      if (!row) throw await missing(manager, settlement, 'refund_not_found');
      if (isSettledSo(row, settlement)) return;
      refuseUnlessOpen(row, settlement, 'refund_not_settleable');
      const values = valuesOf(settlement, 'The refund could not be paid out.');
      await manager.query(settleRefund, values).catch(translate);
      await manager.query(auditRefund, auditValues(settlement, row, operator));
    });
  }
}

async function missing(
  manager: EntityManager,
  { id }: Settlement,
  code: ErrorCode,
): Promise<ApiError> {
  const archived = await manager.query<object[]>(findArchived, [id]);
  return new ApiError(archived.length > 0 ? 'transaction_archived' : code);
}

function refuseUnlessOpen(row: LockedRow, { accepted }: Settlement, code: ErrorCode): void {
  if (!isSettledByPeople(row.provider)) {
    throw new ApiError(code, { detail: `Its outcome is the word of ${row.provider}.` });
  }
  if (accepted?.includes(row.version) === false) throw new ApiError('version_conflict');
  if (!['pending', 'processing'].includes(row.status)) {
    throw new ApiError(code, { detail: `It is ${row.status}.` });
  }
}

/** @param message what the partner reads of a failure: the reason is for our own people */
function valuesOf({ id, outcome, evidence_reference: evidence }: Settlement, message: string) {
  return [id, outcome, evidence, message];
}

function auditValues({ id, reason }: Settlement, { status }: LockedRow, operator: Operator) {
  const { name, ipAddress, userAgent, requestId } = operator;
  return [id, name, ipAddress, userAgent ?? null, requestId, status, reason];
}

/** Whether the row has this outcome by this evidence; refunds do not undo the outcome of a payment. */
function isSettledSo(row: LockedRow, settlement: Settlement): boolean {
  const outcome = row.status.endsWith('refunded') ? 'completed' : row.status;
  return (
    isSettledByPeople(row.provider) &&
    outcome === settlement.outcome &&
    row.evidence_reference === settlement.evidence_reference
  );
}

function translate(error: unknown): never {
  const constraint = violatedConstraint(error) ?? '';
  if (uniqueEvidence.has(constraint)) throw new ApiError('evidence_already_used');
  if (constraint === 'transactions_settled_by_hand') {
    throw new ApiError('transaction_not_settleable');
  }
  throw error;
}
