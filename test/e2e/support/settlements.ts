import { createPayment, type Payment, postRefund } from '../../factories/payments.js';
import { queryOnce } from '../../support/databases.js';
import type { CallOptions } from '../../support/http.js';
import type { TestSystem } from '../../support/system.js';
import { asOperator } from './operations.js';

/** What the operations API answers of a payment or refund that was settled, or why it was not. */
export interface Settled {
  status: string;
  version: number;
  code: string;
  attempts: object[];
  events: { event_type: string; created_by: string }[];
}

export const transfer = { payment_method: 'bank_transfer', payment_method_token: undefined };

let proofs = 0;

/** Evidence that has settled nothing yet. */
export function proof(): string {
  return `statement of the bank, line ${++proofs}`;
}

/** A bank transfer that waits for people. */
export function newTransfer(system: TestSystem, options: CallOptions = {}): Promise<Payment> {
  return createPayment(system, { ...transfer, provider: 'manual' }, options);
}

/** A bank transfer whose attempt nobody has begun, as a failover leaves it to the worker. */
export async function newUnsentTransfer(system: TestSystem): Promise<Payment> {
  const payment = await createPayment(system, { ...transfer, provider: 'manual', confirm: false });
  const confirm = `WITH t AS (
      UPDATE transactions SET status = 'processing', expires_at = NULL, changed_by = 'partner'
      WHERE id = $1 RETURNING *)
    INSERT INTO transaction_attempts (transaction_id, partner_id, attempt_no, provider, certainty,
      sends)
    SELECT id, partner_id, 1, provider, 'never_sent', 0 FROM t`;
  await queryOnce(system.database.admin, confirm, [payment.id]);
  return payment;
}

/** An operator settles what has this path. */
export function settle(
  system: TestSystem,
  path: string,
  body: Record<string, unknown> = {},
  headers: Record<string, string> = {},
) {
  const complete = {
    ...{ outcome: 'completed', evidence_reference: proof(), reason: 'It arrived in full' },
    ...body,
  };
  return asOperator<Settled>(system, 'POST', `${path}/settle`, { body: complete, headers });
}

/** A payment and a refund of the manual provider, both open. */
export async function makeManualIds(system: TestSystem, options: CallOptions = {}) {
  const open = await newTransfer(system, options);
  const received = await newTransfer(system, options);
  await settle(system, `/transactions/${received.id}`);
  const refund = await postRefund(system, received.id, { amount: '1.00' }, options);
  return { payment: open.id, refund: refund.body.id };
}
