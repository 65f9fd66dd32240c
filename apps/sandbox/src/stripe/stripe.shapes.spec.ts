import { createRequire } from 'node:module';
import path from 'node:path';
import { DeclaredTypes } from '../testing/declared-types.js';
import { differences } from '../testing/published.js';
import { renderPayment } from './stripe.objects.js';
import { checkPublished, stripeShapes } from './stripe.shapes.js';

const directory = path.dirname(path.dirname(createRequire(__filename).resolve('stripe')));
const sdk = new DeclaredTypes({ directory: path.join(directory, 'esm'), extension: '.d.ts' });

describe('the published shapes', () => {
  it.each([
    ['payment_intent', 'resources/PaymentIntents', 'PaymentIntent'],
    ['refund', 'resources/Refunds', 'Refund'],
    ['charge', 'resources/Charges', 'Charge'],
    ['dispute', 'resources/Disputes', 'Dispute'],
    ['list', 'lib', 'ApiList'],
    ['search_result', 'lib', 'ApiSearchResult'],
  ] as const)('of %s are those of the official SDK, however deep', (kind, file, name) => {
    expect(differences(stripeShapes[kind], sdk.type(file, name), kind)).toEqual([]);
  });

  it('of event are those of the official SDK; its object is looked at by itself', () => {
    const found = differences(
      stripeShapes.event,
      sdk.type('resources/Events', 'EventBase'),
      'event',
    );
    expect(found).toEqual([]);
  });

  it('of error are those of the official SDK', () => {
    const found = differences(
      stripeShapes.error.error,
      sdk.type('Types', 'StripeRawError'),
      'error',
    );
    expect(found).toEqual([]);
  });

  const payment = renderPayment({
    id: 'pi_1',
    createdAt: 0,
    amount: 1,
    currency: 'usd',
    status: 'requires_payment_method',
    metadata: {},
    clientSecret: 'secret',
    allowRedirects: 'always',
  });

  it('take what the sandbox renders', () => {
    expect(() => checkPublished('payment_intent', payment)).not.toThrow();
  });

  it.each([
    [{ surprise: 1 }, 'payment_intent.surprise is not published'],
    [{ amount: 1.5 }, 'payment_intent.amount is number, not integer'],
    [{ metadata: { a: 1 } }, 'payment_intent.metadata.a is integer, not string'],
    [{ status: 'paid' }, 'payment_intent.status is "paid", which is not published'],
    [
      { payment_method_types: [1] },
      'payment_intent.payment_method_types[0] is integer, not string',
    ],
    [{ next_action: { type: 'x', url: 'y' } }, 'payment_intent.next_action.url is not published'],
  ])('refuse an answer with %j', (change, problem) => {
    expect(() => checkPublished('payment_intent', { ...payment, ...change })).toThrow(problem);
  });

  it('refuse an answer that lacks a field', () => {
    const { status: _status, ...rest } = payment;
    expect(() => checkPublished('payment_intent', rest)).toThrow(
      'payment_intent.status is missing',
    );
  });
});
