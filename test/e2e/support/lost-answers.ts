import { createPayment, postPayment, postRefund } from '../../factories/payments.js';
import type { Payment, Refund } from '../../factories/payments.js';
import { call } from '../../support/http.js';
import type { Answer, CallTarget } from '../../support/http.js';
import type { TestSystem } from '../../support/system.js';
import { behave, decideAsPayer, unmetCalls } from './sandbox.js';
import { until } from './until.js';

/** How an answer is lost: the provider may have done the work, or not, or do it later. */
export const lostAnswers = [
  'timeout_then_success',
  'refuse_connection',
  'reset_after_commit',
  'http_500',
  'http_500_then_success',
  'garbage_body',
  'html_body',
  'huge_body',
  'slow_1500ms',
] as const;

/**
 * Sends one request after the other without waiting for answers, and makes each lose its own in its own way.
 *
 * @param items as many as there are ways
 * @param lost how the path of the item's call begins
 * @param send answers when the request of an item is answered
 */
export async function loseEach<Item, Result>(
  system: TestSystem,
  items: readonly Item[],
  lost: (item: Item) => string,
  send: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const sent: Promise<Result>[] = [];
  for (const [index, item] of items.entries()) {
    await behave(system, { script: lostAnswers[index], method: 'POST', path: lost(item) });
    sent.push(send(item));
    const ask = () => unmetCalls(system);
    await until(`a call that meets ${lostAnswers[index]}`, ask, ({ length }) => length === 0);
  }
  return Promise.all(sent);
}

/** A provider at which payments succeed at once. */
export interface PayingProvider {
  name: string;
  payment: Record<string, unknown>;
  /** The calls that take money. */
  charge: string;
  /** The calls that give it back. */
  refund(payment: Payment): string;
  /** Whether a refund is told of by webhooks alone. */
  tellsRefundsLater: boolean;
}

export const payingProviders: PayingProvider[] = [
  {
    name: 'Stripe',
    payment: { provider: 'stripe' },
    charge: '/v1/payment_intents',
    refund: () => '/v1/refunds',
    tellsRefundsLater: false,
  },
  {
    name: 'Adyen',
    payment: { provider: 'adyen', payment_method_token: 'shopper/visa' },
    charge: '/v72/payments',
    refund: ({ provider_transaction_id: id }) => `/v72/payments/${id}/refunds`,
    tellsRefundsLater: true,
  },
  {
    name: 'PayPal',
    payment: { provider: 'paypal', payment_method_token: 'sandbox-paypal-visa' },
    charge: '/v2/checkout/orders',
    refund: () => '/v2/payments/captures',
    tellsRefundsLater: false,
  },
];

/** Payments whose charges were sent, and whose answers were lost. */
export function loseCharges(
  system: TestSystem,
  { payment, charge }: PayingProvider,
): Promise<Answer<Payment>[]> {
  return loseEach(
    ...([system, lostAnswers] as const),
    () => charge,
    () => postPayment(system, payment),
  );
}

/** Refunds that were sent, and whose answers were lost. */
export async function loseRefunds(
  system: TestSystem,
  { payment, refund }: PayingProvider,
): Promise<Answer<Refund>[]> {
  const paid = await Promise.all(lostAnswers.map(() => createPayment(system, payment)));
  return loseEach(system, paid, refund, ({ id }) => postRefund(system, id, { amount: '4.00' }));
}

/** A payment that its payer has approved, and the way back. */
export interface ApprovedPayment extends Payment {
  address: string;
}

/** A payment that its payer approved on the provider's page. */
export async function approve(
  target: CallTarget,
  fields: Record<string, unknown>,
): Promise<ApprovedPayment> {
  const returning = { return_url: 'https://shop.example/thanks', ...fields };
  const payment = await createPayment(target, returning);
  const address = await decideAsPayer(payment.next_action?.url ?? '', 'approve');
  return { ...payment, address: address ?? '' };
}

/** One for each way to lose an answer. */
export function approveEach(
  target: CallTarget,
  fields: Record<string, unknown>,
): Promise<ApprovedPayment[]> {
  return Promise.all(lostAnswers.map(() => approve(target, fields)));
}

/** The payer comes back. Answers the status that the shop is told. */
export async function comeBack(target: CallTarget, { address }: ApprovedPayment) {
  const { pathname, search } = new URL(address);
  const { headers } = await call(target, 'GET', `${pathname}${search}`, { key: null });
  return new URL(headers.get('location') ?? '').searchParams.get('status');
}
