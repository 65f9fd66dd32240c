import { createRequire } from 'node:module';
import path from 'node:path';
import { DeclaredTypes } from '../testing/declared-types.js';
import { alternatives, differences, type Published, textsOf } from '../testing/published.js';
import { adyenShapes, checkPublished } from './adyen.shapes.js';
import type { Kind, Structure } from './adyen.kinds.js';
import { structures } from './adyen.structures.js';

const library = path.dirname(createRequire(__filename).resolve('@adyen/api-library'));
const sdk = new DeclaredTypes({
  directory: path.join(library, 'typings'),
  extension: '.d.ts',
  wireName: (field) => field.replace('_', '.'),
});

/** Where a structure and what is published differ: neither may know a field or a value that the other does not. */
function undecided({ name, fields, notOffered = new Set() }: Structure, type: Published): string[] {
  const object = alternatives(type).find((one) => one.is === 'object');
  if (!object) return [`${name} is no object`];
  const published = object.fields();
  const known = new Set([...Object.keys(fields), ...notOffered]);
  const strange = [...known].filter((field) => !published.has(field));
  const unknown = [...published.keys()].filter((field) => !known.has(field));
  const inside = Object.entries(fields).flatMap(([field, kind]) => {
    const found = published.get(field);
    return found ? held(kind, found.type(), `${name}.${field}`) : [];
  });
  return [...strange, ...unknown].map((field) => `${name}.${field}`).concat(inside);
}

/** What pays: which of the structures it is, or that the account does not have it, is no matter of fields. */
const decidedElsewhere = new Set([
  'PaymentRequest.paymentMethod',
  'CardDetails.type',
  'IdealDetails.type',
  'PaymentDetails.type',
]);

const kinds = { text: 'text', integer: 'number', flag: 'flag', map: 'map' } as const;

function held(kind: Kind, type: Published, place: string): string[] {
  if (decidedElsewhere.has(place)) return [];
  if (kind === 'any') return [place];
  if (typeof kind === 'string') {
    return alternatives(type).some(({ is }) => is === kinds[kind]) ? [] : [place];
  }
  if ('fields' in kind) return undecided(kind, type);
  if ('listOf' in kind) {
    const list = alternatives(type).find((one) => one.is === 'list');
    return list ? undecided(kind.listOf, list.item()) : [place];
  }
  return kind.toSorted().join() === textsOf(type).toSorted().join() ? [] : [place];
}

describe('the published shapes', () => {
  it.each([
    ['payment', 'checkout/paymentResponse', 'PaymentResponse'],
    ['details', 'checkout/paymentDetailsResponse', 'PaymentDetailsResponse'],
    ['refund', 'checkout/paymentRefundResponse', 'PaymentRefundResponse'],
    ['capture', 'checkout/paymentCaptureResponse', 'PaymentCaptureResponse'],
    ['cancel', 'checkout/paymentCancelResponse', 'PaymentCancelResponse'],
    ['reversal', 'checkout/paymentReversalResponse', 'PaymentReversalResponse'],
    [
      'standaloneCancel',
      'checkout/standalonePaymentCancelResponse',
      'StandalonePaymentCancelResponse',
    ],
    ['error', 'checkout/serviceError', 'ServiceError'],
    ['notificationItem', 'notification/notificationRequestItem', 'NotificationRequestItem'],
  ] as const)('of %s are those of the official library, however deep', (kind, file, name) => {
    expect(differences(adyenShapes[kind], sdk.type(file, name), kind)).toEqual([]);
  });

  it.each([
    ['PaymentRequest', 'paymentRequest'],
    ['CardDetails', 'cardDetails'],
    ['IdealDetails', 'idealDetails'],
    ['PaymentDetails', 'paymentDetails'],
    ['PaymentDetailsRequest', 'paymentDetailsRequest'],
    ['PaymentRefundRequest', 'paymentRefundRequest'],
    ['PaymentCaptureRequest', 'paymentCaptureRequest'],
    ['PaymentCancelRequest', 'paymentCancelRequest'],
    ['PaymentReversalRequest', 'paymentReversalRequest'],
    ['StandalonePaymentCancelRequest', 'standalonePaymentCancelRequest'],
  ] as const)('of %s are all offered or refused in so many words', (name, file) => {
    expect(undecided(structures[name], sdk.type(`checkout/${file}`, name))).toEqual([]);
  });

  const answer = { resultCode: 'Authorised', pspReference: 'A' };

  it.each([
    [{ surprise: 1 }, 'payment.surprise is not published'],
    [{ amount: { currency: 'EUR', value: 1.5 } }, 'payment.amount.value is number, not integer'],
    [{ resultCode: 7 }, 'payment.resultCode is 7, which is not published'],
  ])('refuse an answer with %j', (change, problem) => {
    expect(() => checkPublished('payment', answer)).not.toThrow();
    expect(() => checkPublished('payment', { ...answer, ...change })).toThrow(problem);
  });

  it('refuse an answer that lacks a field', () => {
    expect(() => checkPublished('cancel', { merchantAccount: 'M', pspReference: 'A' })).toThrow(
      'cancel.status is missing',
    );
  });
});
