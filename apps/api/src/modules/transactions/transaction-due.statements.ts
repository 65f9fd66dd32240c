import type { Transaction } from './transaction.entity.js';

type Statement = [text: string, values: unknown[]];

const claimDue = `
UPDATE transactions SET sync_count = sync_count + 1,
  next_sync_at = clock_timestamp() + $2::int * interval '1 ms'
WHERE id IN (
  SELECT id FROM transactions
  WHERE status = 'processing' AND next_sync_at <= clock_timestamp() AND deleted_at IS NULL
  ORDER BY next_sync_at LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING *`;

const lookSoon = `
UPDATE transactions SET next_sync_at = clock_timestamp() + $3::bigint * interval '1 ms'
WHERE id = $1 AND partner_id = $2 AND status = 'processing'
  AND next_sync_at > clock_timestamp() + $3::bigint * interval '1 ms'`;

const cancelExpired = `
UPDATE transactions SET status = 'cancelled', cancelled_at = clock_timestamp(),
  cancellation_reason = 'expired', changed_by = 'system', changed_request_id = NULL
WHERE id IN (
  SELECT id FROM transactions
  WHERE status = 'pending' AND expires_at <= clock_timestamp() AND deleted_at IS NULL
  ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING id`;

export function claimDueTransactions(limit: number, leaseMs: number): Statement {
  return [claimDue, [limit, leaseMs]];
}

export function lookSoonAt(
  { id, partnerId }: Pick<Transaction, 'id' | 'partnerId'>,
  inMs: number,
): Statement {
  return [lookSoon, [id, partnerId, inMs]];
}

export function cancelExpiredTransactions(limit: number): Statement {
  return [cancelExpired, [limit]];
}
