import type { LedgerCharge, LedgerRefund } from '../provider.js';
import { wireMoney } from './paypal.currencies.js';
import type { Capture, Refund } from './paypal.records.js';
import type { PaypalStore } from './paypal.store.js';

export function* chargeRows(store: PaypalStore, transactionId?: string): Iterable<LedgerCharge> {
  for (const capture of capturesOf(store, transactionId)) yield chargeRow(store, capture);
}

export function* refundRows(store: PaypalStore, transactionId?: string): Iterable<LedgerRefund> {
  const captures = transactionId === undefined ? undefined : capturesOf(store, transactionId);
  const refunds = captures
    ? [...captures].flatMap(({ id }) => store.refundsOf(id))
    : store.refunds.values();
  for (const refund of refunds) yield refundRow(store, refund);
}

function capturesOf(store: PaypalStore, transactionId?: string): Iterable<Capture> {
  if (transactionId === undefined) return store.captures.values();
  return store.ordersOfTransaction(transactionId).flatMap(({ id }) => store.capturesOf(id));
}

const ledgerStatus = {
  COMPLETED: 'succeeded',
  PENDING: 'pending',
  DECLINED: 'failed',
  FAILED: 'failed',
} as const;

function chargeRow(store: PaypalStore, capture: Capture): LedgerCharge {
  const order = store.orderOf(capture);
  return {
    provider: 'paypal',
    id: order.id,
    transaction_id: order.customId ?? null,
    idempotency_key: order.requestId ?? null,
    amount: capture.amount.minor,
    value: wireMoney(capture.amount).value,
    currency: capture.amount.currency,
    status: ledgerStatus[capture.status],
    refunded: capture.refundedMinor,
    created_at: new Date(capture.createdAt).toISOString(),
  };
}

function refundRow(store: PaypalStore, refund: Refund): LedgerRefund {
  const order = store.orderOf(store.captureOf(refund));
  return {
    provider: 'paypal',
    id: refund.id,
    payment_id: order.id,
    transaction_id: order.customId ?? null,
    idempotency_key: refund.requestId ?? null,
    amount: refund.amount.minor,
    currency: refund.amount.currency,
    status: refund.status,
    created_at: new Date(refund.createdAt).toISOString(),
  };
}
