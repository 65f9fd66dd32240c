import type { Fault } from '../faults.js';
import { type Answer, detailsAnswer, paymentAnswer, receivedAnswer } from './adyen.answers.js';
import type { Endpoint } from './adyen.calls.js';
import { textOf } from './adyen.bodies.js';
import type { AdyenModifications } from './adyen.modifications.js';
import type { AdyenPayments, Call } from './adyen.payments.js';
import type { Modification, Payment } from './adyen.records.js';
import type { AdyenStore } from './adyen.store.js';
import type { Structure } from './adyen.kinds.js';
import { structures } from './adyen.structures.js';
import { behaviourOf } from './adyen.tokens.js';
import type { WireObject } from './adyen.wire.js';

interface Account {
  store: AdyenStore;
  payments: AdyenPayments;
  modifications: AdyenModifications;
}

/** The calls of Checkout v72 that are offered, all of them `POST`: there is no look-up of a payment. */
export function endpoints(account: Account): Record<string, Endpoint> {
  const { modifications, store } = account;
  const cancelled = (body: WireObject): Payment | undefined =>
    store.paymentByReference(textOf(body, 'paymentReference') ?? '');
  return {
    '/v72/payments': createEndpoint(account),
    '/v72/payments/details': detailsEndpoint(account),
    '/v72/payments/:psp/refunds': modify(
      account,
      'refund',
      structures.PaymentRefundRequest,
      (psp, body, call) => modifications.refund(psp, body, call),
    ),
    '/v72/payments/:psp/captures': modify(
      account,
      'capture',
      structures.PaymentCaptureRequest,
      (psp, body, call) => modifications.capture(psp, body, call),
    ),
    '/v72/payments/:psp/cancels': modify(
      account,
      'cancel',
      structures.PaymentCancelRequest,
      (psp, body, call) => modifications.cancel(psp, body, call),
    ),
    '/v72/payments/:psp/reversals': modify(
      account,
      'reversal',
      structures.PaymentReversalRequest,
      (psp, body, call) => modifications.reverse(psp, body, call),
    ),
    '/v72/cancels': {
      structure: structures.StandalonePaymentCancelRequest,
      mannerOf: (body) => ({ fault: webhooksOnly(account, cancelled(body)) }),
      run: (body, _path, call) =>
        receivedAnswer('standaloneCancel', modifications.cancelByReference(body, call), echo(body)),
    },
  };
}

function createEndpoint({ payments }: Account): Endpoint {
  return {
    structure: structures.PaymentRequest,
    mannerOf: (body) => {
      const card = (body['paymentMethod'] ?? {}) as WireObject;
      const behaviour = behaviourOf(textOf(card, 'storedPaymentMethodId') ?? '');
      return { fault: behaviour?.fault ?? {}, batched: behaviour?.batched };
    },
    run: (body, _path, call) => {
      const payment = payments.create(body, call);
      return paymentAnswer(payment, payments.behaviour(payment).waitsAs, payments.pageUrl(payment));
    },
  };
}

function detailsEndpoint(account: Account): Endpoint {
  const { payments, store } = account;
  return {
    structure: structures.PaymentDetailsRequest,
    mannerOf: (body) => {
      const details = (body['details'] ?? {}) as WireObject;
      const payment = store.paymentByRedirectResult(textOf(details, 'redirectResult') ?? '');
      return { fault: webhooksOnly(account, payment) };
    },
    run: (body, _path, call) => detailsAnswer(payments.complete(body, call)),
  };
}

function modify(
  account: Account,
  kind: Parameters<typeof receivedAnswer>[0],
  structure: Structure,
  ask: (psp: string, body: WireObject, call: Call) => Modification,
): Endpoint {
  return {
    structure,
    mannerOf: (_body, { psp }) => ({
      fault: webhooksOnly(account, account.store.payments.get(psp)),
    }),
    run: (body, { psp }, call): Answer => receivedAnswer(kind, ask(psp, body, call), echo(body)),
  };
}

/** What comes after a payment made under a script: only its webhooks keep behaving so. */
function webhooksOnly({ payments }: Account, payment: Payment | undefined): Fault {
  const webhooks = payment && payments.faultOf(payment).webhooks;
  return webhooks === undefined ? {} : { webhooks };
}

const echoed = [
  'lineItems',
  'merchantAccount',
  'merchantRefundReason',
  'paymentReference',
  'reference',
  'store',
];

function echo(body: WireObject): WireObject {
  return Object.fromEntries(Object.entries(body).filter(([field]) => echoed.includes(field)));
}
