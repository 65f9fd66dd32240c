import type pg from 'pg';
import { type PaymentMove, type RefundMove, type RefundRequest } from './payment-model.js';
import { insertRefund } from './rows.js';
import type { Refusal } from './sessions.js';

const movePayment = `
WITH t AS (
  UPDATE transactions SET status = $2::transaction_status, changed_by = $3,
    provider_transaction_id = COALESCE(provider_transaction_id, CASE WHEN $5 THEN 'pi_' || id END),
    processed_at = CASE WHEN $2::text IN ('completed', 'partially_refunded', 'refunded') THEN now() END,
    failed_at = CASE WHEN $2::text = 'failed' THEN now() END,
    cancelled_at = CASE WHEN $2::text = 'cancelled' THEN now() END
  WHERE id = $1 RETURNING *
), begun AS (
  INSERT INTO transaction_attempts (transaction_id, partner_id, attempt_no, provider)
  SELECT id, partner_id, 1, provider FROM t WHERE $4 AND status = 'processing'
), resolved AS (
  UPDATE transaction_attempts AS a SET certainty = 'confirmed', finished_at = now(),
    status = CASE t.status WHEN 'completed' THEN 'completed' ELSE 'declined' END
  FROM t WHERE $4 AND t.status <> 'processing' AND a.transaction_id = t.id
)
SELECT id FROM t`;

const moveRefund = `
UPDATE refunds SET status = $2::refund_status, changed_by = $3, certainty = $4,
  provider_refund_id = COALESCE(provider_refund_id, CASE WHEN $5 THEN 're_' || id END),
  processed_at = CASE WHEN $2::text = 'completed' THEN now() ELSE processed_at END,
  failed_at = CASE WHEN $2::text = 'failed' THEN now() END
WHERE id = $1`;

const readPayment = `
SELECT t.status, t.amount_refund_reserved * 100 AS reserved, t.amount_refunded * 100 AS refunded,
  ARRAY(SELECT r.status::text FROM refunds AS r WHERE r.id = ANY ($2)
    ORDER BY array_position($2, r.id)) AS refunds,
  ARRAY(SELECT from_status || '>' || e.status FROM transaction_events AS e
    WHERE e.transaction_id = t.id AND refund_id IS NULL AND from_status IS NOT NULL
    ORDER BY sequence) AS history,
  (SELECT array_agg(sequence ORDER BY sequence) = ARRAY(SELECT generate_series(1, t.last_sequence))
    FROM transaction_events AS e WHERE e.transaction_id = t.id) AS gapless
FROM transactions AS t WHERE t.id = $1`;

/** What PostgreSQL holds of a payment, in the terms of the model. */
export interface StoredPayment {
  status: string;
  reservedMinor: number;
  refundedMinor: number;
  refunds: string[];
  history: string[];
  gapless: boolean;
}

/** A payment in PostgreSQL that is moved as the commands say; each answers `accepted` or the rule. */
export class PaymentRow {
  private readonly refunds: string[] = [];

  constructor(
    private readonly client: pg.Client,
    private readonly id: string,
  ) {}

  move({ to, actor, withAttempts, evidence }: PaymentMove): Promise<string> {
    return this.outcomeOf(movePayment, [this.id, to, actor, withAttempts, evidence]);
  }

  async request({ status, actor: by, amountMinor }: RefundRequest): Promise<string> {
    try {
      const amount = (amountMinor / 100).toFixed(2);
      this.refunds.push(await insertRefund(this.client, this.id, { status, by, amount }));
      return 'accepted';
    } catch (error) {
      return ruleIn(error);
    }
  }

  moveRefund(index: number, { to, actor, certainty, evidence }: RefundMove): Promise<string> {
    return this.outcomeOf(moveRefund, [this.refunds[index], to, actor, certainty, evidence]);
  }

  async read(): Promise<StoredPayment> {
    const { rows } = await this.client.query(readPayment, [this.id, this.refunds]);
    const [{ reserved, refunded, ...rest }] = rows;
    return { ...rest, reservedMinor: Number(reserved), refundedMinor: Number(refunded) };
  }

  private async outcomeOf(sql: string, values: unknown[]): Promise<string> {
    try {
      const { rowCount } = await this.client.query(sql, values);
      return rowCount === 1 ? 'accepted' : 'nothing';
    } catch (error) {
      return ruleIn(error);
    }
  }
}

function ruleIn(error: unknown): string {
  const { constraint, code, message } = error as Refusal;
  return constraint ?? `${code} ${message}`;
}
