import type { Fault } from '../faults.js';
import type { StripeAccount } from './stripe.account.js';
import type { Answer } from './stripe.answers.js';
import type { ReadEndpoint, WriteEndpoint } from './stripe.calls.js';
import { renderCharge } from './stripe.charge-object.js';
import { tokenOf } from './stripe.confirmation.js';
import { invalidRequest, missing } from './stripe.errors.js';
import { renderPayment, renderRefund } from './stripe.objects.js';
import { parameterTables } from './stripe.parameter-tables.js';
import type { Parameters } from './stripe.parameters.js';
import type { Charge, Payment, Refund } from './stripe.records.js';
import { searchPayments } from './stripe.search.js';
import { checkPublished, type PublishedKind } from './stripe.shapes.js';
import type { StripeStore } from './stripe.store.js';
import { behaviourOf } from './stripe.tokens.js';
import type { WireObject } from './stripe.wire.js';

const largestPage = 100;
const usualPage = 10;

export function writeEndpoints(account: StripeAccount): Record<string, WriteEndpoint> {
  const { payments, refunds } = account;
  return {
    '/v1/payment_intents': {
      parameters: parameterTables.createPayment,
      faultOf: (parameters) => tokenFault(parameters),
      run: (parameters, _path, call) =>
        paymentAnswer(account, parameters, () => payments.create(parameters, call)),
    },
    '/v1/payment_intents/:id/confirm': {
      parameters: parameterTables.confirmPayment,
      faultOf: (parameters, { id }) => {
        const payment = account.store.payments.get(id);
        return tokenOf(parameters) === undefined && payment
          ? payments.faultOf(payment)
          : tokenFault(parameters);
      },
      run: (parameters, { id }, call) =>
        paymentAnswer(account, parameters, () => payments.confirm(id, parameters, call)),
    },
    '/v1/payment_intents/:id/cancel': {
      parameters: parameterTables.cancelPayment,
      faultOf: (_parameters, { id }) => webhooksOnly(account, id),
      run: (parameters, { id }, call) =>
        paymentAnswer(account, parameters, () => payments.cancel(id, parameters, call)),
    },
    '/v1/refunds': {
      parameters: parameterTables.createRefund,
      faultOf: (parameters) => webhooksOnly(account, parameters.text('payment_intent')),
      run: (parameters, _path, call) => {
        const expand = expansions(parameters, ['charge', 'payment_intent']);
        const refund = refunds.create(parameters, call);
        return {
          status: 200,
          body: { kind: 'refund', refund, ...expandRefund(account, refund, expand) },
        };
      },
    },
  };
}

export function readEndpoints(account: StripeAccount): Record<string, ReadEndpoint> {
  return { ...paymentReads(account), ...refundReads(account) };
}

function paymentReads(account: StripeAccount): Record<string, ReadEndpoint> {
  const { store, payments } = account;
  return {
    '/v1/payment_intents': {
      parameters: parameterTables.listPayments,
      run: (parameters) =>
        list(
          parameters,
          '/v1/payment_intents',
          store.payments.newestFirst(),
          shownIn(account, parameters),
        ),
    },
    '/v1/payment_intents/search': {
      parameters: parameterTables.searchPayments,
      run: (parameters) => {
        const until = account.now() - account.searchLagMs;
        const found = searchPayments(store, parameters.required('query'), until);
        const page = list(
          parameters,
          '/v1/payment_intents/search',
          found,
          shownIn(account, parameters),
        );
        return published('search_result', { ...page, object: 'search_result', next_page: null });
      },
    },
    '/v1/payment_intents/:id': {
      parameters: parameterTables.retrievePayment,
      run: (parameters, { id }) => {
        const charge = expansions(parameters, ['latest_charge']);
        return published(
          'payment_intent',
          showPayment(account, payments.find(id), charge.size > 0),
        );
      },
    },
    '/v1/charges/:id': {
      parameters: parameterTables.retrieve,
      run: (_parameters, { id }) => {
        const charge = store.charges.get(id);
        if (!charge) throw missing('charge', id, 'id');
        return published('charge', renderCharge(charge));
      },
    },
  };
}

function refundReads(account: StripeAccount): Record<string, ReadEndpoint> {
  const { store, refunds } = account;
  return {
    '/v1/refunds': {
      parameters: parameterTables.listRefunds,
      run: (parameters) => {
        const paymentId =
          parameters.text('payment_intent') ?? chargedPayment(store, parameters.text('charge'));
        const rows =
          paymentId === undefined
            ? store.refunds.newestFirst()
            : store.refundsOf(paymentId).reverse();
        return list(parameters, '/v1/refunds', rows, (row) => renderRefund(row));
      },
    },
    '/v1/refunds/:id': {
      parameters: parameterTables.retrieve,
      run: (parameters, { id }) => {
        const refund = refunds.find(id);
        const expand = expansions(parameters, ['charge', 'payment_intent']);
        return published('refund', renderRefund(refund, expandRefund(account, refund, expand)));
      },
    },
  };
}

function paymentAnswer(account: StripeAccount, parameters: Parameters, run: () => Payment): Answer {
  const expand = expansions(parameters, ['latest_charge']);
  const payment = run();
  const charge = expand.size > 0 ? latestCharge(account, payment) : undefined;
  return { status: 200, body: { kind: 'payment_intent', payment, charge } };
}

function tokenFault(parameters: Parameters): Fault {
  return behaviourOf(tokenOf(parameters) ?? '')?.fault ?? {};
}

/** A refund or a cancel of a payment made under a script: only its webhooks keep behaving so. */
function webhooksOnly({ store }: StripeAccount, paymentId: string | undefined): Fault {
  const payment = paymentId === undefined ? undefined : store.payments.get(paymentId);
  const webhooks = behaviourOf(payment?.instrument?.token ?? '')?.fault.webhooks;
  return webhooks === undefined ? {} : { webhooks };
}

function expansions(
  parameters: Parameters,
  allowed: readonly string[],
  prefix = '',
): ReadonlySet<string> {
  const wanted = parameters.list('expand') ?? [];
  const refused = wanted.find((name) => !allowed.some((known) => `${prefix}${known}` === name));
  if (refused !== undefined) {
    throw invalidRequest(`This property cannot be expanded (${refused}).`, 'expand');
  }
  return new Set(wanted.map((name) => name.slice(prefix.length)));
}

function expandRefund(
  { store }: StripeAccount,
  refund: Refund,
  expand: ReadonlySet<string>,
): { payment?: Payment; charge?: Charge } {
  return {
    payment: expand.has('payment_intent') ? store.payments.get(refund.paymentId) : undefined,
    charge: expand.has('charge') ? store.charges.get(refund.chargeId) : undefined,
  };
}

function latestCharge({ store }: StripeAccount, { latestChargeId }: Payment): Charge | undefined {
  return latestChargeId === undefined ? undefined : store.charges.get(latestChargeId);
}

function showPayment(account: StripeAccount, payment: Payment, withCharge: boolean): WireObject {
  return renderPayment(payment, withCharge ? latestCharge(account, payment) : undefined);
}

function shownIn(account: StripeAccount, parameters: Parameters): (payment: Payment) => WireObject {
  const withCharge = expansions(parameters, ['latest_charge'], 'data.').size > 0;
  return (payment) => showPayment(account, payment, withCharge);
}

function chargedPayment(store: StripeStore, chargeId: string | undefined): string | undefined {
  return chargeId === undefined ? undefined : (store.charges.get(chargeId)?.paymentId ?? '');
}

function published(kind: PublishedKind, object: WireObject): WireObject {
  checkPublished(kind, object);
  return object;
}

function list<Row extends { readonly id: string }>(
  parameters: Parameters,
  url: string,
  rows: readonly Row[],
  show: (row: Row) => WireObject,
): WireObject {
  const limit = parameters.integer('limit') ?? usualPage;
  if (limit < 1 || limit > largestPage) {
    throw invalidRequest(`Invalid limit: must be between 1 and ${largestPage}.`, 'limit');
  }
  const after = parameters.text('starting_after');
  const start = after === undefined ? 0 : rows.findIndex(({ id }) => id === after) + 1;
  const page = rows.slice(start, start + limit);
  const hasMore = rows.length > start + limit;
  return published('list', { object: 'list', url, has_more: hasMore, data: page.map(show) });
}
