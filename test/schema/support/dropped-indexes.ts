/** What an index of the seed was for, in the seed's words and in ours. */
export interface DroppedIndex {
  dropped: string;
  /** In the seed's schema; $1 is the partner. */
  before: string;
  /** In ours, where it differs. */
  after?: string;
  index: string;
  /** A query of the database itself, when it guards a unique value. */
  guards?: boolean;
}

const page = 'ORDER BY created_at DESC LIMIT 20';
const ourPage = 'ORDER BY created_at DESC, id DESC LIMIT 20';
const orderOf = `SELECT id FROM transactions WHERE partner_id = $1 AND idempotency_key = 'order-100'`;

/** Every dropped index with the query that it served and the index that serves it now. */
export const droppedIndexes: DroppedIndex[] = [
  {
    dropped: 'idx_transactions_partner_id',
    before: `SELECT * FROM transactions WHERE partner_id = $1 AND deleted_at IS NULL ${page}`,
    after: `SELECT * FROM transactions WHERE partner_id = $1 AND deleted_at IS NULL ${ourPage}`,
    index: 'idx_transactions_partner_created',
  },
  {
    dropped: 'idx_transactions_idempotency',
    before: orderOf,
    index: 'unique_partner_idempotency',
  },
  {
    dropped: 'idx_transactions_partner_status_created',
    before: `SELECT * FROM transactions WHERE partner_id = $1 AND status = 'failed'
      AND deleted_at IS NULL ${page}`,
    after: `SELECT * FROM transactions WHERE partner_id = $1 AND status = 'failed'
      AND deleted_at IS NULL ${ourPage}`,
    index: 'idx_transactions_partner_failed',
  },
  {
    dropped: 'idx_transactions_status',
    before: `SELECT * FROM transactions WHERE partner_id = $1 AND status = 'pending'
      AND deleted_at IS NULL ${page}`,
    after: `SELECT * FROM transactions WHERE partner_id = $1 AND status = 'pending'
      AND deleted_at IS NULL ${ourPage}`,
    index: 'idx_transactions_partner_pending',
  },
  {
    dropped: 'idx_transactions_provider_transaction_id',
    before: `SELECT * FROM transactions WHERE partner_id = $1 AND deleted_at IS NULL
      AND provider_transaction_id = 'pi_100'`,
    after: `SELECT * FROM transactions WHERE partner_id = $1 AND provider = 'stripe'
      AND provider_account = 'default' AND provider_transaction_id = 'pi_' || md5('100')`,
    index: 'unique_transactions_provider_transaction',
  },
  {
    dropped: 'idx_refunds_status',
    before: `SELECT * FROM refunds WHERE status = 'failed' AND deleted_at IS NULL
      AND transaction_id IN (SELECT id FROM transactions WHERE partner_id = $1) ${page}`,
    after: `SELECT * FROM refunds WHERE partner_id = $1 AND status = 'failed'
      AND deleted_at IS NULL ${ourPage}`,
    index: 'idx_refunds_partner_failed',
  },
  {
    dropped: 'idx_transaction_events_transaction_id',
    before: `SELECT * FROM transaction_events WHERE transaction_id = (${orderOf})`,
    index: 'idx_transaction_events_txn_created',
  },
  {
    dropped: 'idx_transaction_events_created_at',
    before: `SELECT * FROM transaction_events WHERE transaction_id IN
      (SELECT id FROM transactions WHERE partner_id = $1) ${page}`,
    after: `SELECT * FROM transaction_events WHERE partner_id = $1 AND (xact_id, id) > (0, 0)
      ORDER BY xact_id, id LIMIT 20`,
    index: 'idx_transaction_events_partner_xact',
  },
  {
    dropped: 'idx_transaction_events_type',
    before: `SELECT * FROM transaction_events WHERE event_type = 'payment_failed'
      AND transaction_id IN (SELECT id FROM transactions WHERE partner_id = $1) ${page}`,
    after: `SELECT * FROM refunds WHERE partner_id = $1 AND status = 'failed'
      AND deleted_at IS NULL ${ourPage}`,
    index: 'idx_refunds_partner_failed',
  },
  {
    dropped: 'idx_audit_logs_partner_id',
    before: `SELECT * FROM audit_logs WHERE partner_id = $1 ${page}`,
    after: `SELECT * FROM audit_logs WHERE partner_id = $1 ${ourPage}`,
    index: 'idx_audit_logs_partner_created',
  },
  {
    dropped: 'idx_audit_logs_action',
    before: `SELECT * FROM audit_logs WHERE partner_id = $1 AND action = 'delete' ${page}`,
    after: `SELECT * FROM audit_logs WHERE partner_id = $1 AND action = 'delete' ${ourPage}`,
    index: 'idx_audit_logs_partner_action',
  },
  {
    dropped: 'idx_partners_email',
    before: `SELECT id FROM partners WHERE email = 'shop-7@example.com' AND deleted_at IS NULL
      AND $1::uuid IS NOT NULL`,
    after: `SELECT id FROM partners WHERE lower(email) = 'shop-7@example.com'
      AND deleted_at IS NULL AND $1::uuid IS NOT NULL`,
    index: 'unique_partners_email_lower',
    guards: true,
  },
];
