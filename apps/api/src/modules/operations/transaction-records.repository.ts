import { Injectable } from '@nestjs/common';
import type { Operator } from '../../http/request.js';
import { OperationsDatabase, scopeOf } from './operations-database.service.js';
import type { SettledRefund, TransactionRecord } from './transaction-record.dto.js';

/** One snapshot of all four tables. Amounts travel as text: a JSON number would be a float. */
const findRecord = `
SELECT c.decimal_places, to_jsonb(record) AS record
FROM transaction_records AS t
JOIN currencies AS c ON c.code = t.currency
CROSS JOIN LATERAL (
  SELECT t.id, t.partner_id, p.name AS partner_name, t.idempotency_key, t.status,
    t.amount::text, t.amount_refund_reserved::text, t.amount_refunded::text, t.currency,
    t.payment_method, t.provider, t.provider_account, t.provider_transaction_id, t.reference,
    t.error_code, t.error_message, t.decline_code, t.retry_count, t.cancellation_reason,
    t.cancel_requested_at, t.next_sync_at, t.sync_count, t.request_id, t.changed_by,
    t.created_at, t.updated_at, t.processed_at, t.failed_at, t.cancelled_at, t.expires_at,
    t.deleted_at, t.version, t.archived,
    ARRAY(SELECT to_jsonb(attempt) FROM (
      SELECT attempt_no, provider, provider_account, provider_transaction_id, status, certainty,
        error_code, error_message, decline_code, provider_response, started_at, finished_at
      FROM attempt_records WHERE transaction_id = t.id AND partner_id = t.partner_id
      ORDER BY attempt_no) AS attempt) AS attempts,
    ARRAY(SELECT to_jsonb(refund) FROM (
      SELECT id, status, amount::text, reason, source, certainty, provider_refund_id, error_code,
        error_message, changed_by, created_at, updated_at, version
      FROM refund_records WHERE transaction_id = t.id AND partner_id = t.partner_id
      ORDER BY created_at, id) AS refund) AS refunds,
    ARRAY(SELECT to_jsonb(event) FROM (
      SELECT sequence, event_type, refund_id, from_status, status, provider_response,
        error_message, created_by, request_id, created_at
      FROM transaction_timeline WHERE transaction_id = t.id AND partner_id = t.partner_id
      ORDER BY sequence) AS event) AS events
  FROM partners AS p WHERE p.id = t.partner_id
) AS record
WHERE t.id = $1`;

const findRefundRecord = `
SELECT c.decimal_places, to_jsonb(record) AS record
FROM refund_records AS r
JOIN currencies AS c ON c.code = r.currency
CROSS JOIN LATERAL (
  SELECT r.id, r.transaction_id, r.status, r.amount::text, r.currency, r.reason, r.certainty,
    r.source, r.provider_refund_id, r.error_code, r.error_message, r.changed_by, r.created_at, r.updated_at,
    r.version
) AS record
WHERE r.id = $1`;

interface FoundRow<Row> {
  decimal_places: number;
  record: Row;
}

/** Payments of all partners with their history. */
@Injectable()
export class TransactionRecordsRepository {
  constructor(private readonly database: OperationsDatabase) {}

  async find(id: string, operator: Operator): Promise<FoundRow<TransactionRecord> | undefined> {
    const scope = scopeOf(operator);
    const rows = this.database.statement<FoundRow<TransactionRecord>>(scope, findRecord, [id]);
    return (await rows)[0];
  }

  async findRefund(id: string, operator: Operator): Promise<FoundRow<SettledRefund> | undefined> {
    const scope = scopeOf(operator);
    const rows = this.database.statement<FoundRow<SettledRefund>>(scope, findRefundRecord, [id]);
    return (await rows)[0];
  }
}
