import type { InvariantName } from '../../../apps/api/src/modules/invariants/invariant.statements.js';

/** One row that breaks one invariant. */
export interface Violation {
  invariant: InvariantName;
  what: string;
  /** Breaks one row past all triggers and foreign keys, and returns the id by which it is found. */
  sql: string;
}

const ofSubscriber = '(SELECT id FROM partners WHERE webhook_url IS NOT NULL)';
const ofOther = '(SELECT id FROM partners WHERE webhook_url IS NULL)';
const archived = `(SELECT id FROM transactions_archive WHERE partner_id = ${ofSubscriber})`;
const archivedOfOther = `(SELECT id FROM transactions_archive WHERE partner_id = ${ofOther})`;

/** What can be wrong about the archive and the histories alone. */
export const archiveViolations: Violation[] = [
  {
    invariant: 'I1',
    what: "a key of an archived payment that another partner's took the place of",
    sql: `UPDATE idempotency_keys SET resource_id = ${archivedOfOther}
      WHERE resource_id = ${archived} RETURNING fingerprint AS id`,
  },
  {
    invariant: 'I2',
    what: 'a payment in the archive that no attempt took',
    sql: `UPDATE transaction_attempts_archive SET status = 'declined'
      WHERE transaction_id = ${archived} RETURNING transaction_id AS id`,
  },
  {
    invariant: 'I3',
    what: 'a counter in the archive that no refund explains',
    sql: `UPDATE transactions_archive SET amount_refund_reserved = amount_refund_reserved + 1
      WHERE id = ${archived} RETURNING id`,
  },
  {
    invariant: 'I4',
    what: 'a status change with another one in the history',
    sql: `UPDATE transaction_histories SET events = jsonb_set(events, '{1,status}', '"failed"')
      WHERE transaction_id = ${archived} RETURNING transaction_id AS id`,
  },
  {
    invariant: 'I5',
    what: 'a payment that its partner completed, by the history',
    sql: `UPDATE transaction_histories SET events = jsonb_set(events, '{1,created_by}', '"partner"')
      WHERE transaction_id = ${archived} RETURNING events->1->>'id' AS id`,
  },
  {
    invariant: 'I8',
    what: 'an attempt in the archive with another partner',
    sql: `UPDATE transaction_attempts_archive SET partner_id = ${ofOther}
      WHERE transaction_id = ${archived} RETURNING id`,
  },
  {
    invariant: 'I8',
    what: 'an attempt that was left behind by its payment',
    sql: `WITH a AS (DELETE FROM transaction_attempts_archive
        WHERE transaction_id = ${archived} RETURNING *)
      INSERT INTO transaction_attempts SELECT * FROM a RETURNING id`,
  },
  {
    invariant: 'I8',
    what: 'the history of a payment that is nowhere',
    sql: `INSERT INTO transaction_histories (transaction_id, partner_id, events, event_count)
      VALUES (gen_random_uuid(), ${ofOther},
        '[{"id": 0, "sequence": 1, "event_type": "webhook_received"}]', 1) RETURNING '0' AS id`,
  },
  {
    invariant: 'I10',
    what: 'a completed payment in the archive without an id at its provider',
    sql: `ALTER TABLE transactions_archive DROP CONSTRAINT check_transactions_provider_id;
      UPDATE transactions_archive SET provider_transaction_id = NULL
      WHERE id = ${archived} RETURNING id`,
  },
  {
    invariant: 'I11',
    what: 'an event that the history of an archived payment has lost',
    sql: `UPDATE transactions_archive SET last_sequence = last_sequence + 1
      WHERE id = ${archived} RETURNING id`,
  },
];
