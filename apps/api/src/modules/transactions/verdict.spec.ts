import { ProviderError, type ProviderErrorKind } from '@libs/providers';
import { mayGoElsewhere, unknownVerdict, verdictOf, verdictOfError } from './verdict.js';

const kinds: ProviderErrorKind[] = [
  ...(['unreachable', 'throttled', 'misconfigured', 'rejected', 'outcome_unknown'] as const),
];

const broken = (kind: ProviderErrorKind, sentBefore = false) =>
  verdictOfError(new ProviderError(kind, 'it broke', { code: 'x_1' }), sentBefore);

const declined = (retry: 'never' | 'same_provider' | 'other_provider' | 'after_customer_action') =>
  verdictOf({
    ...({ status: 'declined', code: 'card_declined', retry, response: {} } as const),
    raw: { code: 'do_not_honor', message: 'Do not honor' },
  });

describe('a verdict', () => {
  it.each(kinds)('on a repeated call that was %s is unknown, and goes nowhere else', (kind) => {
    const verdict = broken(kind, true);
    expect(verdict).toMatchObject({ status: 'processing', certainty: 'sent_unconfirmed' });
    expect(mayGoElsewhere(verdict)).toBe(false);
  });

  it('on something that is no error of a provider is unknown', () => {
    expect(verdictOfError(new Error('a bug'), false)).toEqual(unknownVerdict('a bug'));
    expect(mayGoElsewhere(verdictOfError('text', false))).toBe(false);
  });

  it('lets a payment go elsewhere only when this provider certainly took nothing', () => {
    expect(kinds.filter((kind) => mayGoElsewhere(broken(kind)))).toEqual([
      ...['unreachable', 'throttled', 'misconfigured'],
    ]);
    expect(mayGoElsewhere(declined('other_provider'))).toBe(true);
    const others = ['never', 'same_provider', 'after_customer_action'] as const;
    expect(others.filter((retry) => mayGoElsewhere(declined(retry)))).toEqual([]);
  });

  it('keeps the provider’s own code beside ours', () => {
    expect(declined('never')).toMatchObject({
      ...{ declineCode: 'card_declined', providerErrorCode: 'do_not_honor' },
      ...{ errorMessage: 'Do not honor', retryAdvice: 'never' },
    });
    expect(broken('rejected')).toMatchObject({ providerErrorCode: 'x_1', retryAdvice: 'never' });
  });

  it('on a refusal for a reason that nobody knows is a decline for an error of processing', () => {
    const error = new ProviderError('rejected', 'no', { code: 'x_1', unmapped: 'x_1' });
    const refused = verdictOfError(error, false);
    expect(refused).toMatchObject({
      ...{ status: 'failed', attempt: 'declined', certainty: 'confirmed', unmapped: 'x_1' },
      ...{ errorCode: 'payment_declined', declineCode: 'processing_error' },
      ...{ providerErrorCode: 'x_1', retryAdvice: 'never' },
    });
    expect(mayGoElsewhere(refused)).toBe(false);
    const repeated = { status: 'processing', certainty: 'sent_unconfirmed', unmapped: 'x_1' };
    expect(verdictOfError(error, true)).toMatchObject({ ...repeated, declineCode: null });
    expect(broken('rejected').unmapped).toBeNull();
  });

  it('on a throttled call waits without a failure', () => {
    const error = new ProviderError('throttled', 'slow down', { retryAfterMs: 5_000 });
    expect(verdictOfError(error, false)).toMatchObject({
      ...{ status: 'processing', attempt: 'in_flight', certainty: 'never_sent' },
      retryAfterMs: 5_000,
    });
  });
});
