import { randomUUID } from 'node:crypto';
import { call } from '../support/http.js';
import type { Answer, CallOptions, CallTarget } from '../support/http.js';

/** What a partner sees of a payment, as far as the tests read it. */
export interface Payment {
  object: string;
  id: string;
  status: string;
  amount: string;
  amount_refunded: string;
  amount_refundable: string;
  currency: string;
  provider: string;
  provider_account: string;
  provider_transaction_id: string | null;
  reference: string | null;
  metadata: Record<string, string> | null;
  next_action: { type: string; url: string } | null;
  request_id: string;
  error_code: string | null;
  error_message: string | null;
  decline_code: string | null;
  retry_advice: string | null;
  retry_count: number;
  cancellation_reason: string | null;
  cancel_requested_at: string | null;
  created_at: string;
  processed_at: string | null;
  failed_at: string | null;
  cancelled_at: string | null;
  expires_at: string | null;
  version: number;
}

/** What a partner sees of one attempt at one provider. */
export interface Attempt {
  attempt_no: number;
  provider: string;
  provider_account: string;
  status: string;
  certainty: string;
  error_code: string | null;
  decline_code: string | null;
  retry_advice: string | null;
  provider_error_code: string | null;
  provider_transaction_id: string | null;
  started_at: string;
  finished_at: string | null;
}

/** What a partner sees of a refund, as far as the tests read it. */
export interface Refund {
  id: string;
  transaction_id: string;
  status: string;
  amount: string;
  currency: string;
  reason: string;
  provider_refund_id: string | null;
  error_code: string | null;
  processed_at: string | null;
  failed_at: string | null;
}

/** A list as every list endpoint answers it. */
export interface List<Item> {
  object: string;
  data: Item[];
  has_more: boolean;
  next_cursor: string | null;
}

/** The body of a payment that succeeds, of one payer alone. */
export function paymentBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    amount: '10.50',
    currency: 'USD',
    payment_method: 'card',
    payment_method_token: 'pm_card_visa',
    customer_email: `payer-${randomUUID().slice(0, 8)}@example.com`,
    ...changes,
  };
}

export function postPayment(
  target: CallTarget,
  changes: Record<string, unknown> = {},
  options: CallOptions = {},
): Promise<Answer<Payment>> {
  return call<Payment>(target, 'POST', '/v1/transactions', {
    body: paymentBody(changes),
    ...options,
  });
}

/** Makes a payment and insists that it was recorded. */
export async function createPayment(
  target: CallTarget,
  changes: Record<string, unknown> = {},
  options: CallOptions = {},
): Promise<Payment> {
  const answer = await postPayment(target, changes, options);
  if (answer.status !== 201) throw new Error(`no payment: ${answer.status} ${answer.text}`);
  return answer.body;
}

export async function readPayment(target: CallTarget, id: string): Promise<Payment> {
  return (await call<Payment>(target, 'GET', `/v1/transactions/${id}`)).body;
}

export async function readAttempts(target: CallTarget, id: string): Promise<Attempt[]> {
  const path = `/v1/transactions/${id}?expand=attempts`;
  return (await call<Payment & { attempts: Attempt[] }>(target, 'GET', path)).body.attempts;
}

export async function readEventTypes(target: CallTarget, id: string): Promise<string[]> {
  const path = `/v1/transactions/${id}/events`;
  const { body } = await call<List<{ event_type: string }>>(target, 'GET', path);
  return body.data.map((event) => event.event_type);
}

export function postRefund(
  target: CallTarget,
  transactionId: string,
  body: Record<string, unknown> = {},
  options: CallOptions = {},
): Promise<Answer<Refund>> {
  return call<Refund>(target, 'POST', `/v1/transactions/${transactionId}/refunds`, {
    body: { reason: 'One item was out of stock', ...body },
    ...options,
  });
}
