import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import ts from 'typescript';
import { renderPayment } from './stripe.objects.js';
import { checkPublished, stripeShapes } from './stripe.shapes.js';

const sdk = path.dirname(path.dirname(createRequire(__filename).resolve('stripe')));

/** The fields of an interface of the SDK, with a question mark where they may be missing. */
function published(file: string, name: string): Set<string> {
  const text = readFileSync(path.join(sdk, 'esm/resources', `${file}.d.ts`), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const found = source.statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  ) as ts.InterfaceDeclaration;
  const fields = found.members.flatMap((member) =>
    member.name && ts.isIdentifier(member.name)
      ? [`${member.name.text}${member.questionToken ? '?' : ''}`]
      : [],
  );
  return new Set(fields);
}

describe('the published shapes', () => {
  it.each([
    ['payment_intent', 'PaymentIntents', 'PaymentIntent'],
    ['refund', 'Refunds', 'Refund'],
    ['charge', 'Charges', 'Charge'],
    ['event', 'Events', 'EventBase'],
    ['payment_method', 'PaymentMethods', 'PaymentMethod'],
  ] as const)('of %s are those of the official SDK', (kind, file, name) => {
    const fields = published(file, name);
    const ours = Object.keys(stripeShapes[kind]);
    expect(fields.size).toBeGreaterThan(5);
    expect(ours.filter((field) => !fields.has(field))).toEqual([]);
    const required = [...fields].filter((field) => !field.endsWith('?'));
    expect(required.filter((field) => !ours.includes(field))).toEqual([]);
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
