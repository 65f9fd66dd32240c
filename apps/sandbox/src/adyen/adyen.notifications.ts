import type { NewDelivery } from '../deliveries.js';
import type { Fault } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import type { Payment } from './adyen.records.js';
import type { AdyenAccountSettings } from './adyen.settings.js';
import { checkPublished } from './adyen.shapes.js';
import { signatureOf } from './adyen.signature.js';
import { eventDate, type WireAmount, type WireObject } from './adyen.wire.js';

/** Something that Adyen would tell by webhook, as it was at that moment. */
export interface Happening {
  eventCode: string;
  pspReference: string;
  originalReference?: string;
  merchantReference: string;
  /** The payment in question, for the log. */
  paymentId: string;
  amount: WireAmount;
  paymentMethod?: string;
  success: boolean;
  reason: string;
  operations?: readonly string[];
  data?: Readonly<Record<string, string>>;
  /** How long to hold it, so that a newer one overtakes it. */
  delayMs?: number;
}

/** How the webhooks of one change leave. */
export interface Manner {
  webhooks?: Fault['webhooks'];
  batched?: boolean;
}

const repeatedCopies = 10;
const overtakingMs = 200;

/** Adyen's standard webhooks: signed one by one, wrapped into notifications. */
export class AdyenNotifications {
  constructor(
    private readonly parts: SandboxParts,
    private readonly account: Pick<AdyenAccountSettings, 'name' | 'merchantAccount' | 'hmacKey'>,
  ) {}

  /** The deliveries that tell what happened, in the order and number that the fault wants. */
  compose(happenings: readonly Happening[], { webhooks, batched }: Manner): NewDelivery[] {
    if (!this.parts.deliveries.isOpen('adyen', this.account.name)) return [];
    const groups = batched ? [happenings] : happenings.map((happening) => [happening]);
    const last = groups.length - 1;
    return groups.map((group, index) => ({
      ...this.write(group),
      copies: webhooks === 'repeated' ? repeatedCopies : 1,
      delayMs: group[0]?.delayMs ?? (webhooks === 'reversed' ? (last - index) * overtakingMs : 0),
    }));
  }

  tell(happenings: readonly Happening[], manner: Manner = {}): void {
    if (happenings.length === 0) return;
    for (const delivery of this.compose(happenings, manner)) {
      this.parts.deliveries.enqueue(delivery);
    }
  }

  private write(happenings: readonly Happening[]): NewDelivery {
    const notification = {
      live: 'false',
      notificationItems: happenings.map((happening) => ({
        NotificationRequestItem: this.item(happening),
      })),
    };
    return {
      id: this.parts.identifiers.next('ntf'),
      provider: 'adyen',
      account: this.account.name,
      type: happenings.map(({ eventCode }) => eventCode).join('+'),
      objectId: happenings[0]?.paymentId ?? '',
      payload: JSON.stringify(notification),
    };
  }

  private item(happening: Happening): WireObject {
    const { amount, eventCode, pspReference, merchantReference, originalReference } = happening;
    const fields = {
      amount,
      eventCode,
      eventDate: eventDate(this.parts.clock.now()),
      merchantAccountCode: this.account.merchantAccount,
      merchantReference,
      ...(happening.operations && { operations: happening.operations }),
      ...(originalReference !== undefined && { originalReference }),
      ...(happening.paymentMethod !== undefined && { paymentMethod: happening.paymentMethod }),
      pspReference,
      reason: happening.reason,
      success: String(happening.success),
    };
    const hmacSignature = signatureOf(fields, this.account.hmacKey);
    const item = { additionalData: { ...happening.data, hmacSignature }, ...fields };
    checkPublished('notificationItem', item);
    return item;
  }
}

/** The verdict on a payment, or a word about it. */
export function aboutPayment(
  payment: Payment,
  eventCode: string,
  verdict: { success: boolean; reason: string; delayMs?: number },
): Happening {
  const { id, currency, amount, reference, metadata } = payment;
  const authorised = eventCode === 'AUTHORISATION' && verdict.success;
  const paired = Object.entries(metadata).map(([key, value]) => [`metadata.${key}`, value]);
  return {
    eventCode,
    pspReference: id,
    merchantReference: reference,
    paymentId: id,
    amount: { currency, value: amount },
    paymentMethod: payment.brand,
    ...verdict,
    ...(authorised && {
      operations: payment.manualCapture ? ['CANCEL', 'CAPTURE', 'REFUND'] : ['REFUND'],
    }),
    data: Object.fromEntries(paired) as Record<string, string>,
  };
}
