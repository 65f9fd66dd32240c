import { isObject } from '../transport.js';

/** The parts of PayPal's resources that we read (developer.paypal.com/docs/api/orders/v2 and payments/v2). */
export interface PayPalOrder {
  id: string;
  status: string;
  intent?: string;
  create_time?: string;
  payer?: { payer_id?: string };
  payment_source?: {
    card?: { authentication_result?: { three_d_secure?: { authentication_status?: string } } };
  };
  purchase_units?: PayPalPurchaseUnit[];
  links?: PayPalLink[];
}

export interface PayPalPurchaseUnit {
  /** The transaction's id. */
  custom_id?: string;
  /** The key of the charge. */
  invoice_id?: string;
  amount?: unknown;
  payments?: { captures?: unknown; refunds?: unknown };
}

export interface PayPalCapture {
  id: string;
  status: string;
  amount?: unknown;
  create_time?: string;
  custom_id?: string;
  invoice_id?: string;
  status_details?: { reason?: string };
  processor_response?: {
    response_code?: string;
    avs_code?: string;
    cvv_code?: string;
    payment_advice_code?: string;
  };
  supplementary_data?: { related_ids?: { order_id?: string } };
  links?: PayPalLink[];
}

export interface PayPalRefund {
  id: string;
  status: string;
  amount?: unknown;
  create_time?: string;
  /** The order's id, in refunds that we ask for. */
  custom_id?: string;
  /** Our refund's id, in refunds that we ask for. */
  invoice_id?: string;
  status_details?: { reason?: string };
  links?: PayPalLink[];
}

export interface PayPalLink {
  href: string;
  rel: string;
}

/** Orders, captures and refunds all have an id and a status. */
export function isResource(value: unknown): value is { id: string; status: string } {
  if (!isObject(value) || typeof value.status !== 'string') return false;
  return typeof value.id === 'string' && value.id !== '' && value.id.length <= 255;
}

export function capturesOf(order: PayPalOrder): PayPalCapture[] {
  return order.purchase_units?.flatMap((unit) => resources(unit.payments?.captures)) ?? [];
}

export function refundsOf(order: PayPalOrder): PayPalRefund[] {
  return order.purchase_units?.flatMap((unit) => resources(unit.payments?.refunds)) ?? [];
}

/** What came of a 3-D Secure challenge: `Y`, `N` and others; `undefined` when there was none, or none yet. */
export function authenticationOf({ payment_source }: PayPalOrder): string | undefined {
  return payment_source?.card?.authentication_result?.three_d_secure?.authentication_status;
}

/** The address of the first of these link relations that is there. */
export function linkOf(links: PayPalLink[] | undefined, relations: string[]): string | undefined {
  const found = relations.map((relation) => links?.find(({ rel }) => rel === relation));
  return found.find((link) => link !== undefined)?.href;
}

/** The id at the end of an `up` link to a resource of this kind: `orders`, `captures`. */
export function parentOf(links: PayPalLink[] | undefined, kind: string): string | undefined {
  const [, found, id] = /\/(\w+)\/([A-Z0-9-]+)$/i.exec(linkOf(links, ['up']) ?? '') ?? [];
  return found === kind ? id : undefined;
}

/** The order that a capture belongs to. */
export function orderIdOf({ supplementary_data, links }: PayPalCapture): string | undefined {
  return supplementary_data?.related_ids?.order_id ?? parentOf(links, 'orders');
}

function resources(value: unknown): { id: string; status: string }[] {
  return Array.isArray(value) ? value.filter(isResource) : [];
}
