import type { LedgerCharge, LedgerRefund } from '../provider.js';
import { majorUnits } from './adyen.currencies.js';
import type { Modification, Payment } from './adyen.records.js';
import type { AdyenStore } from './adyen.store.js';

export const openPagesShown = 20;

/** A payment that waits for its payer, or was cancelled before anything was asked of a bank, is no charge. */
export function* chargeRows(store: AdyenStore, transactionId?: string): Iterable<LedgerCharge> {
  const payments =
    transactionId === undefined
      ? store.payments.values()
      : store.paymentsOfTransaction(transactionId);
  for (const payment of payments) {
    const status = chargeStatus(payment);
    if (status !== undefined) yield chargeRow(store, payment, status);
  }
}

function chargeStatus({ status, captured }: Payment): LedgerCharge['status'] | undefined {
  if (status === 'settling') return 'pending';
  if (status === 'refused') return 'failed';
  if (status === 'authorised') return captured > 0 ? 'succeeded' : 'pending';
  return undefined;
}

function chargeRow(
  store: AdyenStore,
  payment: Payment,
  status: LedgerCharge['status'],
): LedgerCharge {
  return {
    provider: 'adyen',
    id: payment.id,
    transaction_id: payment.metadata['transaction_id'] ?? null,
    idempotency_key: payment.idempotencyKey ?? null,
    amount: payment.amount,
    value: majorUnits({ value: payment.amount, currency: payment.currency }),
    currency: payment.currency,
    status,
    refunded: store.refundedOf(payment.id),
    created_at: new Date(payment.createdAt).toISOString(),
  };
}

export function* refundRows(store: AdyenStore, transactionId?: string): Iterable<LedgerRefund> {
  const rows =
    transactionId === undefined
      ? store.modifications.values()
      : store.paymentsOfTransaction(transactionId).flatMap(({ id }) => store.refundsOf(id));
  for (const row of rows) if (row.kind === 'refund') yield refundRow(store, row);
}

function refundRow(store: AdyenStore, refund: Modification): LedgerRefund {
  const paymentId = refund.paymentId ?? '';
  return {
    provider: 'adyen',
    id: refund.id,
    payment_id: paymentId,
    transaction_id: store.payments.get(paymentId)?.metadata['transaction_id'] ?? null,
    idempotency_key: refund.idempotencyKey ?? null,
    amount: refund.amount,
    currency: refund.currency,
    status: refund.status,
    created_at: new Date(refund.createdAt).toISOString(),
  };
}

export function openPages(
  store: AdyenStore,
  urlOf: (payment: Payment) => string,
): { title: string; url: string }[] {
  return store.payments
    .newestFirst()
    .filter(({ status }) => status === 'redirected')
    .slice(0, openPagesShown)
    .map((payment) => ({ title: payment.id, url: urlOf(payment) }));
}
