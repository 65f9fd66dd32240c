import type { Link } from './paypal.errors.js';
import { wireMoney } from './paypal.currencies.js';
import type { Capture, Dispute, Instrument, Order, Refund } from './paypal.records.js';
import { timeOf, type WireObject } from './paypal.wire.js';

const payee = { email_address: 'merchant@sandbox.test', merchant_id: 'SANDBOXMERCH1' };

const payer = {
  email_address: 'payer@sandbox.test',
  name: { given_name: 'Sandbox', surname: 'Payer' },
  address: { country_code: 'US' },
};

/** What an order shows beside itself. */
export interface Paid {
  captures: readonly Capture[];
  refunds: readonly Refund[];
}

export function renderOrder(order: Order, paid: Paid, url: string, minimal: boolean): WireObject {
  const { id, status } = order;
  const links = orderLinks(order, url);
  if (minimal) return { id, status, links };
  return {
    id,
    intent: 'CAPTURE',
    status,
    ...(order.instrument && { payment_source: renderSource(order, order.instrument) }),
    purchase_units: [renderUnit(order, paid, url)],
    ...(order.payerId !== undefined && { payer: { ...payer, payer_id: order.payerId } }),
    create_time: timeOf(order.createdAt),
    update_time: timeOf(order.updatedAt),
    links,
  };
}

function renderUnit(order: Order, { captures, refunds }: Paid, url: string): WireObject {
  const shown = captures.filter(({ status }) => status !== 'FAILED');
  return {
    reference_id: order.referenceId,
    amount: wireMoney(order.amount),
    payee,
    ...present({
      description: order.description,
      custom_id: order.customId,
      invoice_id: order.invoiceId,
      soft_descriptor: order.softDescriptor,
    }),
    ...(shown.length > 0 && {
      payments: {
        captures: shown.map((capture) => captureFields(capture, order, url)),
        ...(refunds.length > 0 && { refunds: refunds.map((row) => renderRefund(row, url, false)) }),
      },
    }),
  };
}

function renderSource(order: Order, instrument: Instrument): WireObject {
  const { payerId } = order;
  if (instrument.kind === 'card') {
    const authenticated = {
      liability_shift: 'POSSIBLE',
      three_d_secure: { authentication_status: 'Y', enrollment_status: 'Y' },
    };
    return {
      card: {
        ...present({ name: instrument.cardName }),
        last_digits: instrument.lastDigits ?? '1881',
        brand: 'VISA',
        type: 'CREDIT',
        ...(payerId !== undefined && { authentication_result: authenticated }),
      },
    };
  }
  if (payerId === undefined && instrument.token === undefined) return { paypal: {} };
  return {
    paypal: { ...payer, account_id: payerId ?? 'SANDBOXPAYER1', account_status: 'VERIFIED' },
  };
}

function orderLinks({ id, status, instrument }: Order, url: string): Link[] {
  const self = `${url}/v2/checkout/orders/${id}`;
  const links: Link[] = [{ href: self, rel: 'self', method: 'GET' }];
  if (status === 'PAYER_ACTION_REQUIRED' || (status === 'CREATED' && !instrument)) {
    links.push(payerLink(id, url, status === 'CREATED' ? 'approve' : 'payer-action'));
  }
  if (status === 'APPROVED' || status === 'CREATED') {
    links.push({ href: `${self}/capture`, rel: 'capture', method: 'POST' });
  }
  return links;
}

export function payerLink(orderId: string, url: string, rel: string): Link {
  return { href: `${url}/payer/paypal/${orderId}`, rel, method: 'GET' };
}

/** A capture as it stands on its own, with what relates it to its order. */
export function renderCapture(capture: Capture, order: Order, url: string): WireObject {
  return {
    ...captureFields(capture, order, url),
    supplementary_data: { related_ids: { order_id: order.id } },
    payee,
  };
}

function captureFields(capture: Capture, order: Order, url: string): WireObject {
  const { id, amount, responseCode, status } = capture;
  const self = `${url}/v2/payments/captures/${id}`;
  const moved = status === 'COMPLETED';
  return {
    id,
    status: shownStatus(capture),
    ...(status === 'PENDING' && { status_details: { reason: 'PENDING_REVIEW' } }),
    amount: wireMoney(amount),
    ...present({ custom_id: order.customId, invoice_id: order.invoiceId }),
    final_capture: true,
    seller_protection: { status: 'NOT_ELIGIBLE' },
    ...(moved && {
      seller_receivable_breakdown: {
        gross_amount: wireMoney(amount),
        paypal_fee: wireMoney({ ...amount, minor: 0 }),
        net_amount: wireMoney(amount),
      },
    }),
    ...(order.instrument?.kind === 'card' &&
      status !== 'PENDING' && {
        processor_response: {
          avs_code: moved ? 'A' : 'G',
          cvv_code: moved ? 'M' : 'P',
          response_code: moved ? '0000' : (responseCode ?? '0500'),
        },
      }),
    create_time: timeOf(capture.createdAt),
    update_time: timeOf(capture.updatedAt),
    links: [
      { href: self, rel: 'self', method: 'GET' },
      { href: `${self}/refund`, rel: 'refund', method: 'POST' },
      { href: `${url}/v2/checkout/orders/${order.id}`, rel: 'up', method: 'GET' },
    ],
  };
}

function shownStatus({ status, refundedMinor, amount }: Capture): string {
  if (status !== 'COMPLETED' || refundedMinor === 0) return status;
  return refundedMinor === amount.minor ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
}

export function renderRefund(refund: Refund, url: string, minimal: boolean): WireObject {
  const { id, amount, captureId, status } = refund;
  const links = [
    { href: `${url}/v2/payments/refunds/${id}`, rel: 'self', method: 'GET' },
    { href: `${url}/v2/payments/captures/${captureId}`, rel: 'up', method: 'GET' },
  ];
  if (minimal) return { id, status, links };
  return {
    id,
    status,
    ...(status === 'PENDING' && { status_details: { reason: 'ECHECK' } }),
    amount: wireMoney(amount),
    ...present({
      invoice_id: refund.invoiceId,
      custom_id: refund.customId,
      note_to_payer: refund.note,
    }),
    seller_payable_breakdown: {
      gross_amount: wireMoney(amount),
      paypal_fee: wireMoney({ ...amount, minor: 0 }),
      net_amount: wireMoney(amount),
      total_refunded_amount: wireMoney({ ...amount, minor: refund.totalMinor }),
    },
    create_time: timeOf(refund.createdAt),
    update_time: timeOf(refund.updatedAt),
    links,
  };
}

export function renderDispute(
  dispute: Dispute,
  capture: Capture,
  order: Order,
  url: string,
): WireObject {
  const amount = wireMoney(dispute.amount ?? capture.amount);
  const lost = dispute.outcome === 'lost';
  return {
    dispute_id: dispute.id,
    create_time: timeOf(dispute.createdAt),
    update_time: timeOf(dispute.updatedAt),
    disputed_transactions: [
      {
        seller_transaction_id: capture.id,
        create_time: timeOf(capture.createdAt),
        transaction_status: 'COMPLETED',
        gross_amount: wireMoney(capture.amount),
        ...present({ invoice_number: order.invoiceId, custom: order.customId }),
        seller: { email: payee.email_address, merchant_id: payee.merchant_id },
      },
    ],
    reason: 'UNAUTHORISED',
    status: dispute.status,
    dispute_amount: amount,
    ...(dispute.status === 'RESOLVED' && {
      dispute_outcome: {
        outcome_code: lost ? 'RESOLVED_BUYER_FAVOUR' : 'RESOLVED_SELLER_FAVOUR',
        ...(lost && { amount_refunded: amount }),
      },
    }),
    dispute_life_cycle_stage: 'CHARGEBACK',
    dispute_channel: 'INTERNAL',
    links: [{ href: `${url}/v1/customer/disputes/${dispute.id}`, rel: 'self', method: 'GET' }],
  };
}

function present(fields: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}
