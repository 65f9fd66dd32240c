import { ProviderError } from '../port.js';
import type {
  ChargeIntent,
  PaymentProvider,
  PaymentReference,
  ProviderFact,
  ProviderOutcome,
  RefundIntent,
  RefundOutcome,
  RefundReference,
} from '../port.js';
import { toPayPalMoney } from './paypal.amounts.js';
import { PayPalCertificates } from './paypal.certificates.js';
import { PayPalClient } from './paypal.client.js';
import { isDeclineIssue, toDecline } from './paypal.declines.js';
import { issueOf, toProviderError } from './paypal.errors.js';
import type { PayPalAnswer } from './paypal.errors.js';
import { toFact } from './paypal.facts.js';
import { refundRefusals } from './paypal.issues.js';
import { isResource, orderIdOf, refundsOf } from './paypal.orders.js';
import type { PayPalOrder } from './paypal.orders.js';
import { decidingCapture, toPaymentOutcome, toRefundOutcome } from './paypal.outcomes.js';
import { toOrderBody } from './paypal.requests.js';
import type { PayPalSettings } from './paypal.settings.js';
import { toTransmission, verifySignature } from './paypal.webhook.js';

/** 422s of a capture that say that the order has moved on since it was looked at. */
const movedOn = new Set([
  'ORDER_ALREADY_CAPTURED',
  'ORDER_COMPLETION_IN_PROGRESS',
  'ORDER_NOT_APPROVED',
  'PAYER_ACTION_REQUIRED',
]);

/** One PayPal account, by Orders v2 with the intent CAPTURE (developer.paypal.com/docs/api/orders/v2). */
export class PayPalProvider implements PaymentProvider {
  readonly code = 'paypal';
  private readonly client: PayPalClient;
  private readonly certificates: PayPalCertificates;

  constructor(
    private readonly settings: PayPalSettings,
    timeoutMs: number,
  ) {
    this.client = new PayPalClient(settings, timeoutMs);
    this.certificates = new PayPalCertificates(settings);
  }

  /**
   * PayPal answers a key that it knows with the order that it made then, whatever is sent now. An answer that leaves
   * the amount out is not judged: the order is looked up.
   */
  async charge(intent: ChargeIntent): Promise<ProviderOutcome> {
    const body = toOrderBody(intent);
    const { idempotencyKey } = intent;
    const deadlineMs = this.client.deadline();
    const answer = await this.client.post('/v2/checkout/orders', idempotencyKey, body, deadlineMs);
    if (isRefusal(answer)) return declinedOrThrow(answer);
    const answered = toPaymentOutcome(answer.json);
    const { providerTransactionId: id = '' } = answered;
    const outcome = answered.money ? answered : await this.outcomeAfterCall(id, deadlineMs);
    const { value, currency_code } = toPayPalMoney(intent.amount, intent.currency);
    const isOurs = outcome.money?.amount === value && outcome.money.currency === currency_code;
    if (isOurs) return outcome;
    throw new ProviderError('outcome_unknown', 'PayPal answered with an order of another amount');
  }

  /** An order that is to be captured can't be cancelled at PayPal: one that nobody captures expires. */
  cancel(): Promise<never> {
    const message = 'PayPal has no call that cancels an order';
    return Promise.reject(new ProviderError('outcome_unknown', message));
  }

  /**
   * By its id alone. Orders that nobody captured expire, but PayPal publishes neither when nor how long a captured one
   * can be looked up, and an order of another account looks the same: a 404 does not prove that nothing was taken.
   */
  async fetch(reference: PaymentReference): Promise<ProviderOutcome | 'not_found' | 'unsupported'> {
    const { providerTransactionId: id } = reference;
    if (!id) return 'unsupported';
    const order = await this.orderAt(id, this.client.deadline());
    return order ? toPaymentOutcome(order) : 'not_found';
  }

  /** Captures what the payer approved, under a key of its own. */
  async resume(
    reference: PaymentReference,
  ): Promise<ProviderOutcome | 'not_found' | 'unsupported'> {
    const { providerTransactionId: id, idempotencyKey } = reference;
    if (!id) return 'unsupported';
    const deadlineMs = this.client.deadline();
    const order = await this.orderAt(id, deadlineMs);
    if (!order) return 'not_found';
    const found = toPaymentOutcome(order);
    if (found.status !== 'processing' || !found.resumable) return found;
    const path = `${orderPath(id)}/capture`;
    const answer = await this.client.post(path, `${idempotencyKey}.capture`, {}, deadlineMs);
    if (!isRefusal(answer)) return toPaymentOutcome(answer.json);
    if (!movedOn.has(issueOf(answer).issue)) return declinedOrThrow(answer, id);
    return this.outcomeAfterCall(id, deadlineMs);
  }

  /**
   * A refund is made of a capture, so the order is looked up first. `invoice_id` and `custom_id` come back in webhooks,
   * and PayPal refuses an invoice id that a refund was made with before, even when the key is forgotten.
   */
  async refund(intent: RefundIntent): Promise<RefundOutcome> {
    const { idempotencyKey, refundId, providerTransactionId: id } = intent;
    const amount = toPayPalMoney(intent.amount, intent.currency);
    const deadlineMs = this.client.deadline();
    const order = await this.orderAt(id, deadlineMs);
    if (!order) throw new ProviderError('outcome_unknown', 'PayPal knows no such order');
    const capture = decidingCapture(order);
    if (!capture) throw new ProviderError('rejected', 'nothing was taken that could be refunded');
    const path = `/v2/payments/captures/${encodeURIComponent(capture.id)}/refund`;
    const body = { amount, invoice_id: refundId, custom_id: order.id };
    const answer = await this.client.post(path, idempotencyKey, body, deadlineMs);
    return isRefusal(answer) ? failedOrThrow(answer) : toRefundOutcome(answer.json);
  }

  /** By its id, else among the refunds of its order, by ours. */
  async fetchRefund(reference: RefundReference): Promise<RefundOutcome | 'not_found'> {
    const { providerRefundId: id, providerTransactionId, refundId } = reference;
    const deadlineMs = this.client.deadline();
    if (id) {
      const path = `/v2/payments/refunds/${encodeURIComponent(id)}`;
      const found = await this.resourceAt(path, deadlineMs);
      return found ? toRefundOutcome(found) : 'not_found';
    }
    const order = await this.orderAt(providerTransactionId, deadlineMs);
    const ours = order && refundsOf(order).find(({ invoice_id }) => invoice_id === refundId);
    return ours ? toRefundOutcome(ours) : 'not_found';
  }

  async parseWebhook(
    headers: Record<string, string | undefined>,
    rawBody: Buffer,
  ): Promise<ProviderFact[]> {
    const nowMs = Date.now();
    const transmission = toTransmission(headers, nowMs);
    const key = await this.certificates.keyAt(transmission.certificateUrl, nowMs);
    verifySignature(transmission, this.settings.webhookId, rawBody, key);
    return [{ ...toFact(rawBody), transmissionId: transmission.id }];
  }

  /**
   * Finds the order of a dispute's capture, or of the capture of a refund that was not made here. Where PayPal knows no
   * order of it, the capture's own id keeps the fact from being lost.
   */
  async resolve({ unresolved, ...fact }: ProviderFact): Promise<ProviderFact> {
    const { subject } = fact;
    if (unresolved === undefined || !('providerTransactionId' in subject)) return fact;
    const providerTransactionId = (await this.orderIdOfCapture(unresolved)) ?? unresolved;
    return { ...fact, subject: { ...subject, providerTransactionId } };
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** A look-up after a call that may have taken money: however it breaks, the outcome is unknown. */
  private async outcomeAfterCall(id: string, deadlineMs: number): Promise<ProviderOutcome> {
    const order = await this.orderAt(id, deadlineMs).catch((error: unknown) => {
      if (!(error instanceof ProviderError)) throw error;
      throw new ProviderError('outcome_unknown', error.message, error.details);
    });
    if (order) return toPaymentOutcome(order);
    throw new ProviderError('outcome_unknown', 'PayPal does not find an order that it knew');
  }

  private async orderIdOfCapture(captureId: string): Promise<string | undefined> {
    const path = `/v2/payments/captures/${encodeURIComponent(captureId)}`;
    const capture = await this.resourceAt(path, this.client.deadline());
    return isResource(capture) ? orderIdOf(capture) : undefined;
  }

  private async orderAt(id: string, deadlineMs: number): Promise<PayPalOrder | undefined> {
    const order = await this.resourceAt(orderPath(id), deadlineMs);
    if (order === undefined || isResource(order)) return order;
    throw new ProviderError('outcome_unknown', 'PayPal answered with something else than an order');
  }

  private async resourceAt(path: string, deadlineMs: number): Promise<object | undefined> {
    const answer = await this.client.get(path, deadlineMs);
    if (answer.httpStatus === 404) return undefined;
    if (isRefusal(answer)) throw toProviderError(answer);
    return answer.json;
  }
}

function orderPath(id: string): string {
  return `/v2/checkout/orders/${encodeURIComponent(id)}`;
}

function isRefusal({ httpStatus }: PayPalAnswer): boolean {
  return httpStatus >= 400;
}

function declinedOrThrow(answer: PayPalAnswer, orderId?: string): ProviderOutcome {
  const { issue, description } = issueOf(answer);
  if (answer.httpStatus !== 422 || !isDeclineIssue(issue)) throw toProviderError(answer);
  const decline = toDecline({ code: issue, message: description });
  return { status: 'declined', providerTransactionId: orderId, response: {}, ...decline };
}

function failedOrThrow(answer: PayPalAnswer): RefundOutcome {
  const { issue, description } = issueOf(answer);
  if (answer.httpStatus !== 422 || !refundRefusals.has(issue)) throw toProviderError(answer);
  return {
    status: 'failed',
    raw: { code: issue, message: description.slice(0, 300) },
    response: {},
  };
}
