import { declineCodes, type ProviderError } from '../port.js';
import { adyenErrorCodes } from './adyen.error-codes.js';
import { usableBody } from './adyen.errors.js';
import { adyenDeclines, declineOfError, toDecline } from './adyen.refusals.js';

describe("Adyen's refusal", () => {
  it.each([
    ['2', 'Refused', 'card_declined', 'other_provider'],
    ['4', 'Acquirer Error', 'processing_error', 'other_provider'],
    ['5', 'Blocked Card', 'lost_or_stolen', 'never'],
    ['6', 'Expired Card', 'expired_card', 'after_customer_action'],
    ['8', 'Invalid Card Number', 'invalid_card', 'after_customer_action'],
    ['9', 'Issuer Unavailable', 'provider_unavailable', 'same_provider'],
    ['11', '3D Not Authenticated', 'authentication_failed', 'after_customer_action'],
    ['12', 'Not enough balance', 'insufficient_funds', 'after_customer_action'],
    ['20', 'FRAUD', 'suspected_fraud', 'never'],
    ['24', 'CVC Declined', 'incorrect_cvc', 'after_customer_action'],
    [
      '46',
      'Transaction blocked by Adyen to prevent excessive retry fees',
      'card_declined',
      'never',
    ],
  ])('%s, %s is our %s, to be retried: %s', (refusalReasonCode, refusalReason, code, retry) => {
    const decline = { code, retry, raw: { code: refusalReasonCode, message: refusalReason } };
    expect(toDecline({ refusalReasonCode, refusalReason })).toEqual(decline);
    expect(toDecline({ refusalReason })).toEqual(decline);
  });

  it('goes by its code when reason and code disagree', () => {
    const refusal = { refusalReasonCode: '12', refusalReason: 'FRAUD' };
    expect(toDecline(refusal).code).toBe('insufficient_funds');
  });

  it.each([
    [{ refusalReasonCode: '999' }, '999'],
    [{ refusalReasonCode: 'constructor' }, 'constructor'],
    [{ refusalReason: 'Something new' }, 'Something new'],
    [{}, 'unknown'],
  ])('%j that we do not know is an error of processing, and says so', (refusal, unmapped) => {
    expect(toDecline(refusal)).toMatchObject({
      code: 'processing_error',
      retry: 'never',
      unmapped,
    });
  });

  it('keeps a bounded part of the reason', () => {
    const { raw } = toDecline({ refusalReason: 'x'.repeat(10_000) });
    expect([raw.code.length, raw.message.length]).toEqual([100, 300]);
  });

  it.each([
    ['101', 'invalid_card'],
    ['103', 'incorrect_cvc'],
    ['129', 'expired_card'],
  ])("as an error about the payer's card, %s, is our %s", (errorCode, code) => {
    expect(declineOfError(errorCode)).toMatchObject({ code, raw: { code: errorCode } });
    expect(declineCodes).toContain(code);
  });

  it.each([undefined, '000', '800', '704'])('is not in the error %s', (errorCode) => {
    expect(declineOfError(errorCode)).toBeUndefined();
  });
});

describe('the table of Adyen', () => {
  it('says of every decline what becomes of it', () => {
    const became = adyenDeclines.map(
      ({ code, name }) =>
        declineOfError(code) ?? toDecline({ refusalReasonCode: code, refusalReason: name }),
    );
    expect(became).toEqual(
      adyenDeclines.map(({ code, name, ours, retry }) => {
        return { code: ours, retry, raw: { code, message: name } };
      }),
    );
  });

  it('says of every refused call what becomes of it', () => {
    const kinds: Record<string, string> = {
      ...{ provider_rejected: 'rejected', provider_misconfigured: 'misconfigured' },
      outcome_unknown: 'outcome_unknown',
    };
    const became = adyenErrorCodes.map(({ code }) => {
      const body = Buffer.from(JSON.stringify({ errorCode: code, errorType: 'validation' }));
      try {
        return usableBody({ httpStatus: 422, headers: {}, body });
      } catch (error) {
        const { kind, details } = error as ProviderError;
        return { code, kind, unmapped: details.unmapped };
      }
    });
    expect(became).toEqual(adyenErrorCodes.map(({ code, ours }) => ({ code, kind: kinds[ours] })));
  });
});
