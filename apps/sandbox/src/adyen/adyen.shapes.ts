import { compile, either, ImpossibleAnswerError, listOf, type Shape } from '../shape.js';
import type { WireObject } from './adyen.wire.js';

const amount: Shape = { currency: 'string', value: 'integer' };

const bankTransferAction: Shape = {
  beneficiary: 'string',
  bic: 'string',
  iban: 'string',
  paymentMethodType: 'string',
  reference: 'string',
  totalAmount: amount,
  type: ['bankTransfer'],
};

const redirectAction: Shape = {
  method: ['GET'],
  paymentMethodType: 'string',
  type: ['redirect'],
  url: 'string',
};

const about: Shape = {
  'amount?': amount,
  'merchantReference?': 'string',
  'paymentMethod?': { 'brand?': 'string', type: 'string' },
  'pspReference?': 'string',
  'refusalReason?': 'string',
  'refusalReasonCode?': 'string',
};

const modification: Shape = {
  merchantAccount: 'string',
  pspReference: 'string',
  'reference?': 'string',
  status: ['received'],
};

const ofPayment: Shape = { ...modification, paymentPspReference: 'string' };

const lineItems = listOf({
  'amountExcludingTax?': 'integer',
  'amountIncludingTax?': 'integer',
  'brand?': 'string',
  'color?': 'string',
  'description?': 'string',
  'id?': 'string',
  'imageUrl?': 'string',
  'itemCategory?': 'string',
  'manufacturer?': 'string',
  'marketplaceSellerId?': 'string',
  'productUrl?': 'string',
  'quantity?': 'integer',
  'receiverEmail?': 'string',
  'returnShippingCompany?': 'string',
  'returnTrackingNumber?': 'string',
  'returnTrackingUri?': 'string',
  'shippingCompany?': 'string',
  'shippingMethod?': 'string',
  'size?': 'string',
  'sku?': 'string',
  'taxAmount?': 'integer',
  'taxPercentage?': 'integer',
  'trackingNumber?': 'string',
  'trackingUri?': 'string',
  'upc?': 'string',
});

const merchantRefundReason = ['FRAUD', 'CUSTOMER REQUEST', 'RETURN', 'DUPLICATE', 'OTHER'];

const eventCode = [
  'AUTHORISATION',
  'CANCELLATION',
  'CANCEL_OR_REFUND',
  'CAPTURE',
  'CHARGEBACK',
  'CHARGEBACK_REVERSED',
  'ISSUER_RESPONSE_TIMEFRAME_EXPIRED',
  'NOTIFICATION_OF_CHARGEBACK',
  'PENDING',
  'REFUND',
  'REFUNDED_REVERSED',
  'REFUND_FAILED',
  'TECHNICAL_CANCEL',
];

const notificationItem: Shape = {
  additionalData: 'map',
  amount,
  eventCode,
  eventDate: 'string',
  merchantAccountCode: 'string',
  merchantReference: 'string',
  'operations?': listOf(['CANCEL', 'CAPTURE', 'REFUND']),
  'originalReference?': 'string',
  'paymentMethod?': 'string',
  pspReference: 'string',
  reason: 'string',
  success: ['true', 'false'],
};

/** The published fields of what the sandbox answers and sends (Checkout v72, as in `@adyen/api-library` 32). */
export const adyenShapes = {
  payment: {
    ...about,
    'action?': either(redirectAction, bankTransferAction),
    resultCode: [
      'Authorised',
      'Cancelled',
      'Error',
      'Pending',
      'PresentToShopper',
      'Received',
      'RedirectShopper',
      'Refused',
    ],
  },
  details: { ...about, resultCode: ['Authorised', 'Cancelled', 'Error', 'Received', 'Refused'] },
  refund: {
    ...ofPayment,
    amount,
    'lineItems?': lineItems,
    'merchantRefundReason?': merchantRefundReason,
    'store?': 'string',
  },
  capture: { ...ofPayment, amount, 'lineItems?': lineItems },
  cancel: ofPayment,
  reversal: ofPayment,
  standaloneCancel: { ...modification, paymentReference: 'string' },
  error: {
    errorCode: 'string',
    errorType: 'string',
    message: 'string',
    'pspReference?': 'string',
    status: 'integer',
  },
  notificationItem,
} as const satisfies Record<string, Shape>;

export type AnswerKind = keyof typeof adyenShapes;

const checks = new Map(
  Object.entries(adyenShapes).map(([kind, shape]) => [kind, compile(shape)] as const),
);

/** Throws when an object of ours is not what Adyen publishes. */
export function checkPublished(kind: AnswerKind, object: WireObject): void {
  const problem = checks.get(kind)?.(object, kind);
  if (problem !== undefined) throw new ImpossibleAnswerError(problem);
}
