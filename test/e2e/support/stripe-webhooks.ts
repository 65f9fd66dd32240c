import { createHmac, randomUUID } from 'node:crypto';
import { createPayment } from '../../factories/payments.js';
import { call, type CallTarget } from '../../support/http.js';
import type { TestSystem } from '../../support/system.js';
import { currentTestRun } from '../../support/test-run.js';
import { decideAsPayer } from './sandbox.js';

/** A payment intent as the provider's API answers it. */
export type PaymentIntent = Record<string, unknown>;

export interface StripeEvent {
  id: string;
  type: string;
  data: { object: PaymentIntent };
}

/** The event with which the provider tells of a payment intent. */
export function eventOf(
  object: PaymentIntent,
  type = 'payment_intent.succeeded',
): StripeEvent & Record<string, unknown> {
  return {
    ...{ id: `evt_${randomUUID()}`, object: 'event', type, livemode: false },
    ...{ created: Math.floor(Date.now() / 1000), data: { object } },
  };
}

/** A payment that its payer approved, in a system whose sandbox sends no webhooks. */
export async function approvePayment(
  system: TestSystem,
  changes: Record<string, unknown> = {},
): Promise<{ id: string; object: PaymentIntent }> {
  const payment = await createPayment(system, {
    ...{ payment_method_token: 'pm_card_authenticationRequired' },
    ...{ return_url: 'https://shop.example/thanks', ...changes },
  });
  await decideAsPayer(payment.next_action?.url ?? '', 'approve');
  const { stripe_secret_key: key } = currentTestRun().secrets;
  const url = `${system.sandboxUrl}/v1/payment_intents/${payment.provider_transaction_id}`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  const object = (await response.json()) as PaymentIntent;
  if (object['status'] !== 'succeeded') throw new Error(`not approved: ${JSON.stringify(object)}`);
  return { id: payment.id, object };
}

/** `Stripe-Signature` over a body, made at a moment before or after now. */
export function sign(text: string, sinceNowMs = 0, secret?: string): string {
  const seconds = Math.floor((Date.now() + sinceNowMs) / 1000);
  const key = secret ?? currentTestRun().secrets.stripe_webhook_secret;
  const mac = createHmac('sha256', key).update(`${seconds}.${text}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}

export function sendWebhook(
  system: CallTarget,
  event: unknown,
  signed: (text: string) => string | undefined = sign,
) {
  const body = JSON.stringify(event);
  const given = signed(body);
  const headers = given === undefined ? undefined : { 'stripe-signature': given };
  return call(system, 'POST', '/webhooks/stripe', {
    ...{ key: null, idempotencyKey: null, body, headers },
  });
}
