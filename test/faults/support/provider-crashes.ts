import type { Failpoint } from '../../../apps/api/src/failpoints.js';
import { sizes } from '../../support/sizes.js';

/** A provider, in the words of what the crashes need. */
export interface CrashedProvider {
  name: string;
  /** A card that is charged at once. */
  card: Record<string, unknown>;
  /** A payment that needs its payer. */
  approved: Record<string, unknown>;
  /** A payment that a webhook completes. */
  slow: Record<string, unknown>;
  webhook: string;
  chargePath: string;
  refundPath: string;
  /** What a refund and a cancellation are answered with. */
  refund: string;
}

const adyen: CrashedProvider = {
  name: 'Adyen',
  card: { provider: 'adyen', payment_method_token: 'shopper/visa' },
  approved: { provider: 'adyen', payment_method_token: 'shopper/challenge' },
  slow: { provider: 'adyen', payment_method_token: 'shopper/received' },
  webhook: 'AUTHORISATION',
  chargePath: '/v72/payments',
  refundPath: '/v72/payments/',
  refund: 'processing',
};

const payPal: CrashedProvider = {
  name: 'PayPal',
  card: { provider: 'paypal', payment_method_token: 'sandbox-paypal-visa' },
  approved: { provider: 'paypal', payment_method: 'e_wallet', payment_method_token: undefined },
  slow: { provider: 'paypal', payment_method_token: 'sandbox-paypal-pending' },
  webhook: 'PAYMENT.CAPTURE.COMPLETED',
  chargePath: '/v2/checkout/orders',
  refundPath: '/v2/payments/captures',
  refund: 'completed',
};

/** What is asked for while processes die, one after the other, before one lives to finish it. */
export type Deed = 'charge' | 'confirm' | 'refund' | 'cancel' | 'return' | 'webhook';

export interface Crash {
  title: string;
  provider: CrashedProvider;
  deed: Deed;
  at: Failpoint[];
}

type Deaths = [deed: Deed, ...at: Failpoint[]];

/** After the provider has done it, and before anybody knows. */
const deadliest: [CrashedProvider, ...Deaths][] = [
  [adyen, 'charge', 'charge.after_provider'],
  [adyen, 'refund', 'refund.after_provider'],
  [payPal, 'return', 'return.after_provider'],
  [payPal, 'refund', 'refund.after_provider'],
];

const ofEach: Deaths[] = [
  ['charge', 'charge.after_provider'],
  ['charge', 'charge.after_outcome'],
  ['charge', 'create.before_intent', 'charge.after_provider', 'resume.after_provider'],
  ['charge', 'create.after_intent', 'resume.after_outcome'],
  ['confirm', 'confirm.before_intent', 'confirm.after_intent'],
  ['refund', 'refund.after_outcome'],
  ['refund', 'refund.before_intent', 'refund.after_provider', 'refund_resume.after_outcome'],
  ['refund', 'refund.after_intent', 'refund_resume.after_provider'],
  ['return', 'return.after_provider'],
  ['return', 'return.after_outcome'],
  ['webhook', 'webhook.before_store'],
  ['webhook', 'webhook.after_store'],
];
const ofAdyen: Deaths[] = [
  ['cancel', 'cancel.before_intent', 'cancel.after_intent', 'resume.after_provider'],
  ['cancel', 'cancel.after_provider'],
  ['cancel', 'cancel.after_outcome'],
];
/** An order can't be cancelled: PayPal is not asked. */
const ofPayPal: Deaths[] = [
  ['cancel', 'cancel.before_intent', 'cancel.after_intent', 'resume.after_provider'],
  ['cancel', 'answer.after_store'],
];

/** The worker dies of a payment, a refund or a webhook that it finds. */
const worst: [CrashedProvider, ...Deaths][] = [
  [payPal, 'charge', 'payment_recovery.after_provider'],
  [adyen, 'refund', 'refund_recovery.after_provider'],
];
const ofWorker: Deaths[] = [
  ...([['webhook', 'webhook.after_claim', 'webhook.after_outcome']] satisfies Deaths[]),
  [
    'charge',
    ...(['payment_recovery.after_claim', 'payment_recovery.after_provider'] as const),
    'payment_recovery.after_outcome',
  ],
  [
    'refund',
    ...(['refund_recovery.after_claim', 'refund_recovery.after_provider'] as const),
    'refund_recovery.after_outcome',
  ],
];

function toCrash([provider, deed, ...at]: [CrashedProvider, ...Deaths]): Crash {
  return { title: `a ${deed} at ${provider.name} that meets ${at.join(', ')}`, provider, deed, at };
}

function both(deaths: Deaths[]): [CrashedProvider, ...Deaths][] {
  return [adyen, payPal].flatMap((provider) =>
    deaths.map((death): [CrashedProvider, ...Deaths] => [provider, ...death]),
  );
}

const isFull = sizes.name === 'full';
const everywhere = [
  ...both(ofEach),
  ...ofAdyen.map((death): [CrashedProvider, ...Deaths] => [adyen, ...death]),
  ...ofPayPal.map((death): [CrashedProvider, ...Deaths] => [payPal, ...death]),
];

export const crashesOfApi = (isFull ? everywhere : deadliest).map(toCrash);
export const crashesOfWorker = (isFull ? both(ofWorker) : worst).map(toCrash);
