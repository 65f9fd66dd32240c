import { compileShape, ImpossibleAnswerError, type Shape } from '../shape.js';
import type { WireObject } from './adyen.wire.js';

const amount: Shape = { currency: 'string', value: 'integer' };

const bankTransferAction: Shape = {
  'accountNumber?': 'string',
  'bankCode?': 'string',
  'beneficiary?': 'string',
  'bic?': 'string',
  'branchCode?': 'string',
  'downloadUrl?': 'string',
  'iban?': 'string',
  'paymentMethodType?': 'string',
  'reference?': 'string',
  'routingNumber?': 'string',
  'shopperEmail?': 'string',
  'sortCode?': 'string',
  'totalAmount?': amount,
  type: 'string',
  'url?': 'string',
};

const redirectAction: Shape = {
  'data?': 'object',
  'method?': 'string',
  'paymentMethodType?': 'string',
  type: 'string',
  'url?': 'string',
};

const paymentMethod: Shape = { 'brand?': 'string', 'type?': 'string' };

const result: Shape = {
  'additionalData?': 'object',
  'amount?': amount,
  'donationToken?': 'string',
  'fraudResult?': 'object|null',
  'merchantReference?': 'string',
  'order?': 'object|null',
  'paymentMethod?': paymentMethod,
  'paymentValidations?': 'object|null',
  'pspReference?': 'string',
  'refusalReason?': 'string',
  'refusalReasonCode?': 'string',
  'resultCode?': 'string',
  'threeDS2ResponseData?': 'object|null',
  'threeDS2Result?': 'object|null',
  'threeDSPaymentData?': 'string',
};

const modification: Shape = {
  merchantAccount: 'string',
  pspReference: 'string',
  'reference?': 'string',
  status: 'string',
};

const ofPayment: Shape = { ...modification, paymentPspReference: 'string' };

const withAmount: Shape = {
  ...ofPayment,
  amount,
  'lineItems?': 'array',
  'splits?': 'array',
};

const notificationItem: Shape = {
  'additionalData?': 'object',
  amount,
  eventCode: 'string',
  eventDate: 'string',
  merchantAccountCode: 'string',
  merchantReference: 'string',
  'operations?': 'array',
  'originalReference?': 'string',
  'paymentMethod?': 'string',
  pspReference: 'string',
  'reason?': 'string',
  success: 'string',
};

/** The published fields of what the sandbox answers and sends (Checkout v72, as in `@adyen/api-library` 32). */
export const adyenShapes = {
  payment: { ...result, 'action?': { ...bankTransferAction, ...redirectAction } },
  details: { ...result, 'action?': 'object|null', 'shopperLocale?': 'string' },
  refund: {
    ...withAmount,
    'capturePspReference?': 'string',
    'merchantRefundReason?': 'string|null',
    'store?': 'string',
  },
  capture: { ...withAmount, 'platformChargebackLogic?': 'object|null', 'subMerchants?': 'array' },
  cancel: ofPayment,
  reversal: ofPayment,
  standaloneCancel: { ...modification, paymentReference: 'string' },
  redirectAction,
  bankTransferAction,
  paymentMethod,
  error: {
    'additionalData?': 'object',
    'errorCode?': 'string',
    'errorType?': 'string',
    'message?': 'string',
    'pspReference?': 'string',
    'status?': 'integer',
  },
  notificationItem,
} as const satisfies Record<string, Shape>;

export type AnswerKind = keyof typeof adyenShapes;

const checks = Object.fromEntries(
  Object.entries(adyenShapes).map(([kind, shape]) => [kind, compileShape(shape)]),
);

/** Throws when an object of ours is not what Adyen publishes. */
export function checkPublished(kind: AnswerKind, object: WireObject): void {
  const problem = checks[kind]?.(object, kind);
  if (problem !== undefined) throw new ImpossibleAnswerError(problem);
}
