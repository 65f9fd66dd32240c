import type { LedgerCharge, LedgerRefund } from '../provider.js';
import { majorUnits } from './stripe.currencies.js';
import type { Charge, Refund } from './stripe.records.js';
import type { StripeStore } from './stripe.store.js';

export function* chargeRows(store: StripeStore, transactionId?: string): Iterable<LedgerCharge> {
  if (transactionId === undefined) {
    for (const charge of store.charges.values()) yield chargeRow(charge);
    return;
  }
  for (const payment of store.paymentsOfTransaction(transactionId)) {
    for (const charge of store.chargesOf(payment.id)) yield chargeRow(charge);
  }
}

function chargeRow(charge: Charge): LedgerCharge {
  return {
    provider: 'stripe',
    id: charge.paymentId,
    transaction_id: charge.metadata['transaction_id'] ?? null,
    idempotency_key: charge.idempotencyKey ?? null,
    amount: charge.amount,
    value: majorUnits(charge.amount, charge.currency),
    currency: charge.currency.toUpperCase(),
    status: charge.status,
    refunded: charge.amountRefunded,
    created_at: new Date(charge.createdAt).toISOString(),
  };
}

export function* refundRows(store: StripeStore, transactionId?: string): Iterable<LedgerRefund> {
  const payments =
    transactionId === undefined ? undefined : store.paymentsOfTransaction(transactionId);
  const rows = payments
    ? payments.flatMap(({ id }) => store.refundsOf(id))
    : store.refunds.values();
  for (const refund of rows) yield refundRow(store, refund);
}

function refundRow(store: StripeStore, refund: Refund): LedgerRefund {
  return {
    provider: 'stripe',
    id: refund.id,
    payment_id: refund.paymentId,
    transaction_id: store.payments.get(refund.paymentId)?.metadata['transaction_id'] ?? null,
    idempotency_key: refund.idempotencyKey ?? null,
    amount: refund.amount,
    currency: refund.currency.toUpperCase(),
    status: refund.status,
    created_at: new Date(refund.createdAt).toISOString(),
  };
}
