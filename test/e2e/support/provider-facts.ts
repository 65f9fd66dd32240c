import { randomUUID } from 'node:crypto';
import type { ProviderFact } from '../../../libs/providers/src/index.js';
import type { Payment } from '../../factories/payments.js';
import { queryOnce } from '../../support/databases.js';
import type { TestSystem } from '../../support/system.js';
import { currentTestRun } from '../../support/test-run.js';
import { sealWith } from './envelopes.js';
import { until } from './until.js';

type Subject = ProviderFact['subject'];
type Outcome = Extract<Subject, { kind: 'payment' }>['outcome'];
export type RefundSubject = Extract<Subject, { kind: 'refund' }>;

/** A webhook as the database keeps it. */
export interface StoredFact {
  id: string;
  status: string;
  transaction_id: string | null;
  refund_id: string | null;
  attempt_count: number;
  last_error: string | null;
}

/** An item of the review queue. */
export interface ReviewRow {
  kind: string;
  subject: string;
  partner_id: string | null;
  transaction_id: string | null;
  refund_id: string | null;
  provider_webhook_id: string | null;
  status: string;
  occurrences: number;
  details: Record<string, unknown>;
}

/** Stores a verified fact as an API stores it, in the words of the port: any provider may say it. */
export async function tellFact(
  system: TestSystem,
  subject: Subject,
  { account = 'default', eventId = `evt_${randomUUID()}` } = {},
): Promise<string> {
  const id = randomUUID();
  const fact = { eventId, eventType: 'test.fact', occurredAt: new Date(), subject };
  const [key = ''] = currentTestRun().secrets.encryption_keys.split(',');
  const body = sealWith(key, `provider_webhooks.body:${id}`, JSON.stringify({ raw: '', fact }));
  await queryOnce(
    system.database.admin,
    `INSERT INTO provider_webhooks (id, provider, provider_account, provider_event_id, event_type, body)
     VALUES ($1, 'stripe', $2, $3, $4, $5)`,
    [id, account, eventId, fact.eventType, body],
  );
  return id;
}

/** What a provider says of a payment, marked with our id. */
export function paymentFact(
  payment: Pick<Payment, 'id' | 'provider_transaction_id'>,
  outcome: Partial<Outcome>,
): Subject {
  const providerTransactionId = payment.provider_transaction_id ?? `pi_${randomUUID()}`;
  return {
    kind: 'payment',
    transactionId: payment.id,
    providerTransactionId,
    outcome: { providerTransactionId, response: {}, ...outcome } as Outcome,
  };
}

/** What a provider says of a refund of 4.00 USD. */
export function refundFact(
  payment: Pick<Payment, 'provider_transaction_id'>,
  changes: Partial<RefundSubject> = {},
  status: RefundSubject['outcome']['status'] = 'completed',
): RefundSubject {
  const providerRefundId = changes.providerRefundId ?? `re_${randomUUID()}`;
  const raw = { code: 'declined', message: 'the card is closed' };
  return {
    kind: 'refund',
    providerTransactionId: payment.provider_transaction_id ?? '',
    ...{ amount: '4.00', currency: 'USD', ...changes, providerRefundId },
    outcome: { status, providerRefundId, response: {}, raw },
  };
}

/** Waits until a stored fact is what it should become. */
export async function becomes(
  system: TestSystem,
  id: string,
  status: string | RegExp,
): Promise<StoredFact> {
  const text = 'SELECT * FROM provider_webhooks WHERE id = $1';
  const ask = () => queryOnce<StoredFact>(system.database.admin, text, [id]);
  const isThere = ([found]: StoredFact[]) =>
    typeof status === 'string' ? found?.status === status : status.test(found?.status ?? '');
  const [row] = await until(String(status), ask, isThere, 20_000);
  if (!row) throw new Error(`no webhook ${id}`);
  return row;
}

/** Tells a fact and waits until it is what it should become. */
export async function told(
  system: TestSystem,
  subject: Subject,
  status: string,
): Promise<StoredFact> {
  return becomes(system, await tellFact(system, subject), status);
}

/** A fact that was tried in vain for the last time but one is due again. */
export async function exhaust(system: TestSystem, id: string, attempts: number): Promise<void> {
  const text = `UPDATE provider_webhooks SET attempt_count = $2, next_attempt_at = now() WHERE id = $1`;
  await queryOnce(system.database.admin, text, [id, attempts]);
}

/** Waits until a fact that awaits the answer to a cancellation was tried and is far from its next try. */
export function parkedAgain(system: TestSystem, id: string): Promise<{ attempt_count: number }[]> {
  const text = `SELECT attempt_count FROM provider_webhooks
    WHERE id = $1 AND status = 'parked' AND last_error LIKE '%is awaited'
      AND next_attempt_at > clock_timestamp() + interval '5 minutes'`;
  const ask = () => queryOnce<{ attempt_count: number }>(system.database.admin, text, [id]);
  return until('the try', ask, ({ length }) => length > 0);
}

/** A payment was cancelled, and a fact about it came, an hour ago; the fact is due. */
export async function passAnHour(
  system: TestSystem,
  transactionId: string,
  id: string,
): Promise<void> {
  const earlier = `UPDATE transactions SET cancel_requested_at = now() - interval '61 minutes'
    WHERE id = '${transactionId}'`;
  await queryOnce(system.database.admin, `SET session_replication_role = replica; ${earlier}`);
  const due = `UPDATE provider_webhooks SET received_at = now() - interval '61 minutes',
    next_attempt_at = now() WHERE id = $1`;
  await queryOnce(system.database.admin, due, [id]);
}

/** The review items of a payment, first to last. */
export function reviewsOf(system: TestSystem, transactionId: string): Promise<ReviewRow[]> {
  const text = 'SELECT * FROM review_items WHERE transaction_id = $1 ORDER BY opened_at, id';
  return queryOnce<ReviewRow>(system.database.admin, text, [transactionId]);
}

/** A person has looked at what is open of a payment. */
export async function resolveReviews(system: TestSystem, transactionId: string): Promise<void> {
  const text = `UPDATE review_items SET status = 'resolved', resolved_at = now(),
    resolved_by = 'test', resolution = 'seen' WHERE transaction_id = $1 AND status = 'open'`;
  await queryOnce(system.database.admin, text, [transactionId]);
}

/** The log lines of alerts, by the id that they name. */
export function alertsAbout(system: TestSystem, id: string): Record<string, unknown>[] {
  return system
    .logs()
    .split('\n')
    .filter((line) => line.includes('"alert"') && line.includes(id))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** What a provider says that takes nothing after all. */
export const notCaptured = {
  status: 'declined',
  promise: 'undone',
  code: 'processing_error',
  retry: 'never',
  raw: { code: 'CAPTURE_FAILED', message: 'the scheme refused' },
} as const;
