import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import ts from 'typescript';
import { adyenShapes, checkPublished } from './adyen.shapes.js';
import { type Structure, structures } from './adyen.structures.js';

const sdk = path.dirname(createRequire(__filename).resolve('@adyen/api-library'));

/** The fields of a class of Adyen's library, with a question mark where they may be missing. */
function published(file: string): string[] {
  const text = readFileSync(path.join(sdk, 'typings', `${file}.d.ts`), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const found = source.statements.find(ts.isClassDeclaration);
  return (found?.members ?? []).flatMap((member) =>
    ts.isPropertyDeclaration(member) && ts.isStringLiteral(member.name)
      ? [`${member.name.text.replace('_', '.')}${member.questionToken ? '?' : ''}`]
      : [],
  );
}

const bare = (field: string): string => field.replace('?', '');

describe('the published shapes', () => {
  it.each([
    ['payment', 'checkout/paymentResponse'],
    ['details', 'checkout/paymentDetailsResponse'],
    ['refund', 'checkout/paymentRefundResponse'],
    ['capture', 'checkout/paymentCaptureResponse'],
    ['cancel', 'checkout/paymentCancelResponse'],
    ['reversal', 'checkout/paymentReversalResponse'],
    ['standaloneCancel', 'checkout/standalonePaymentCancelResponse'],
    ['redirectAction', 'checkout/checkoutRedirectAction'],
    ['bankTransferAction', 'checkout/checkoutBankTransferAction'],
    ['paymentMethod', 'checkout/responsePaymentMethod'],
    ['error', 'checkout/serviceError'],
    ['notificationItem', 'notification/notificationRequestItem'],
  ] as const)('of %s are those of the official library', (kind, file) => {
    const fields = published(file);
    expect(fields.length).toBeGreaterThan(1);
    expect(Object.keys(adyenShapes[kind]).toSorted()).toEqual(fields.toSorted());
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
    const { fields, notOffered }: Structure = structures[name];
    const known = [...Object.keys(fields), ...(notOffered ?? [])];
    expect(known.toSorted()).toEqual(published(`checkout/${file}`).map(bare).toSorted());
  });

  const answer = { resultCode: 'Authorised', pspReference: 'A' };

  it.each([
    [{ surprise: 1 }, 'payment.surprise is not published'],
    [{ amount: { currency: 'EUR', value: 1.5 } }, 'payment.amount.value is number, not integer'],
    [{ resultCode: 7 }, 'payment.resultCode is integer, not string'],
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
