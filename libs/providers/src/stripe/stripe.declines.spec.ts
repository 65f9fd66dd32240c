import { declineCodes } from '../port.js';
import { stripeDeclines, toDecline } from './stripe.declines.js';
import { stripeErrorCodes } from './stripe.error-codes.js';
import { toProviderError } from './stripe.errors.js';

describe("Stripe's decline", () => {
  it.each([
    ['insufficient_funds', 'insufficient_funds', 'after_customer_action'],
    ['lost_card', 'lost_or_stolen', 'never'],
    ['stolen_card', 'lost_or_stolen', 'never'],
    ['fraudulent', 'suspected_fraud', 'never'],
    ['generic_decline', 'card_declined', 'other_provider'],
    ['do_not_honor', 'card_declined', 'other_provider'],
    ['do_not_try_again', 'card_declined', 'never'],
    ['authentication_required', 'authentication_failed', 'after_customer_action'],
    ['try_again_later', 'processing_error', 'same_provider'],
    ['issuer_not_available', 'provider_unavailable', 'same_provider'],
  ])('%s is our %s, to be retried: %s', (declineCode, code, retry) => {
    const decline = toDecline({ code: 'card_declined', decline_code: declineCode, message: 'No.' });
    expect(decline).toEqual({ code, retry, raw: { code: declineCode, message: 'No.' } });
  });

  it.each([
    ['expired_card', 'expired_card'],
    ['incorrect_cvc', 'incorrect_cvc'],
    ['incorrect_number', 'invalid_card'],
    ['processing_error', 'processing_error'],
  ])('without a decline code goes by its error code: %s is our %s', (errorCode, code) => {
    expect(toDecline({ code: errorCode, decline_code: '' })).toMatchObject({
      code,
      raw: { code: errorCode },
    });
  });

  it.each(['brand_new_code', 'constructor', '__proto__'])(
    'with the code %j that we do not know is flagged, and nobody tries again',
    (declineCode) => {
      const decline = { code: 'card_declined', decline_code: declineCode, message: 'No.' };
      expect(toDecline(decline)).toEqual({
        code: 'processing_error',
        retry: 'never',
        raw: { code: declineCode, message: 'No.' },
        unmapped: declineCode,
      });
    },
  );

  it('without any code is flagged too', () => {
    expect(toDecline({})).toMatchObject({ code: 'processing_error', unmapped: 'unknown' });
  });

  it('with a code that we know is not flagged', () => {
    expect(toDecline({ code: 'card_declined' })).not.toHaveProperty('unmapped');
  });

  it.each([
    ['account_closed', 'invalid_card'],
    ['no_account', 'invalid_card'],
    ['debit_not_authorized', 'authentication_failed'],
    ['insufficient_funds', 'insufficient_funds'],
    ['payment_method_provider_decline', 'card_declined'],
    ['payment_method_provider_timeout', 'processing_error'],
  ])('of a debit or a wallet, %s, is our %s', (code, ours) => {
    expect(toDecline({ code })).toMatchObject({ code: ours, raw: { code } });
  });

  it('is retried as the card network advises, whatever our table says', () => {
    const declined = { decline_code: 'generic_decline' };
    expect(toDecline({ ...declined, advice_code: 'do_not_try_again' }).retry).toBe('never');
    expect(toDecline({ ...declined, advice_code: 'try_again_later' }).retry).toBe('same_provider');
    expect(toDecline({ ...declined, advice_code: 'toString' }).retry).toBe('other_provider');
    const unknown = { decline_code: 'brand_new_code', advice_code: 'try_again_later' };
    expect(toDecline(unknown)).toMatchObject({
      retry: 'same_provider',
      unmapped: 'brand_new_code',
    });
  });

  it('keeps a bounded part of the message', () => {
    expect(toDecline({ message: 'x'.repeat(10_000) }).raw.message).toHaveLength(300);
  });

  it('has a code of the list for every published code', () => {
    const published = ['pickup_card', 'call_issuer', 'invalid_account', 'pin_try_exceeded'];
    const ours = published.map((code) => toDecline({ decline_code: code }).code);
    expect(declineCodes).toEqual(expect.arrayContaining(ours));
  });
});

describe('the table of Stripe', () => {
  it('says of every decline what becomes of it', () => {
    const became = stripeDeclines.map(({ code }) => ({ code, declined: toDecline({ code }) }));
    expect(became).toEqual(
      stripeDeclines.map(({ code, ours, retry }) => {
        return { code, declined: { code: ours, retry, raw: { code, message: '' } } };
      }),
    );
  });

  it('says of every refused call what becomes of it', () => {
    const kinds = { provider_rejected: 'rejected', outcome_unknown: 'outcome_unknown' } as const;
    const told = stripeErrorCodes.filter(({ ours }) => Object.hasOwn(kinds, ours));
    const became = told.map(({ code }) => {
      const { kind, details } = toProviderError({ statusCode: 400, code });
      return { code, kind, unmapped: details.unmapped };
    });
    expect(became).toEqual(
      told.map(({ code, ours }) => ({ code, kind: kinds[ours as keyof typeof kinds] })),
    );
  });
});
