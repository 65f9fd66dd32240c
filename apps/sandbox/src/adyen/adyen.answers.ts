import type { AdyenError } from './adyen.errors.js';
import type { Modification, Payment } from './adyen.records.js';
import { type AnswerKind, checkPublished } from './adyen.shapes.js';
import type { WireObject } from './adyen.wire.js';

/** A finished answer. */
export interface Answer {
  readonly status: number;
  readonly body: WireObject;
}

function answer(status: number, kind: AnswerKind, body: WireObject): Answer {
  checkPublished(kind, body);
  return { status, body };
}

/** What `POST /payments` says. */
export function paymentAnswer(
  payment: Payment,
  waitsAs: 'Received' | 'Pending',
  url: string,
): Answer {
  switch (payment.status) {
    case 'redirected': {
      const action = { paymentMethodType: payment.method, url, method: 'GET', type: 'redirect' };
      // The pspReference comes with the details: so says the specification of Checkout v72.
      return answer(200, 'payment', { resultCode: 'RedirectShopper', action });
    }
    case 'settling':
      return answer(200, 'payment', {
        ...about(payment),
        ...(payment.method === 'bankTransfer_IBAN'
          ? { resultCode: 'PresentToShopper', action: transferAction(payment) }
          : { resultCode: waitsAs }),
      });
    default:
      return answer(200, 'payment', { ...about(payment), ...verdictOf(payment) });
  }
}

/** What `POST /payments/details` says. */
export function detailsAnswer(payment: Payment): Answer {
  return answer(200, 'details', { ...about(payment), ...verdictOf(payment) });
}

function about({ id, amount, currency, reference, brand, method }: Payment): WireObject {
  return {
    pspReference: id,
    merchantReference: reference,
    amount: { currency, value: amount },
    paymentMethod: { brand, type: method },
  };
}

function verdictOf({ status, refusal }: Payment): WireObject {
  if (status === 'cancelled') return { resultCode: 'Cancelled' };
  if (!refusal) return { resultCode: status === 'settling' ? 'Received' : 'Authorised' };
  const { resultCode, reason, code } = refusal;
  return { resultCode, refusalReason: reason, refusalReasonCode: code };
}

function transferAction({ method, reference, currency, amount }: Payment): WireObject {
  return {
    type: 'bankTransfer',
    paymentMethodType: method,
    beneficiary: 'Sandbox Merchant',
    iban: 'NL13TEST0123456789',
    bic: 'TESTNL02',
    reference,
    totalAmount: { currency, value: amount },
  };
}

/** What a call that modifies a payment says: it was received. The verdict comes by webhook. */
export function receivedAnswer(
  kind: 'refund' | 'capture' | 'cancel' | 'reversal' | 'standaloneCancel',
  modification: Modification,
  echoed: WireObject,
): Answer {
  const { id, paymentId, amount, currency } = modification;
  const withAmount = kind === 'refund' || kind === 'capture';
  return answer(201, kind, {
    ...echoed,
    ...(kind !== 'standaloneCancel' && { paymentPspReference: paymentId }),
    ...(withAmount && { amount: { currency, value: amount } }),
    pspReference: id,
    status: 'received',
  });
}

export function errorAnswer(error: AdyenError, pspReference?: string): Answer {
  const { status, code, message, type } = error;
  return answer(status, 'error', {
    status,
    errorCode: code,
    message,
    errorType: type,
    ...(pspReference !== undefined && { pspReference }),
  });
}
