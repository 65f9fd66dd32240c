import { ProviderError } from '@libs/providers';
import { refundVerdictOf, refundVerdictOfError } from './refund-verdict.js';

const refusal = (unmapped?: string) =>
  new ProviderError('rejected', 'Acme: HTTP 422, x_1', { code: 'x_1', unmapped });

describe('a verdict on a refund', () => {
  it('keeps the code and the words of the provider', () => {
    const raw = { code: 'charge_disputed', message: 'It is disputed.' };
    expect(refundVerdictOf({ status: 'failed', raw, response: {} })).toMatchObject({
      ...{ status: 'failed', errorCode: 'refund_failed', unmapped: null },
      errorMessage: 'charge_disputed: It is disputed.',
    });
  });

  describe('that was refused without a refund being made', () => {
    const raw = { code: 'charge_already_refunded', message: 'It is.' };
    const refused = { status: 'failed', raw, response: {} } as const;

    it('fails by the only call, and is unknown by a repeated one', () => {
      expect(refundVerdictOf(refused)).toMatchObject({ status: 'failed', presumedSends: 1 });
      expect(refundVerdictOf(refused, true)).toMatchObject({
        ...{ status: 'processing', certainty: 'sent_unconfirmed', errorCode: null },
        lastAnswer: 'charge_already_refunded: It is.',
      });
    });

    it('fails for good when the provider names the refund that failed', () => {
      const failed = { ...refused, providerRefundId: 're_1' };
      for (const sentBefore of [false, true]) {
        expect(refundVerdictOf(failed, sentBefore)).toMatchObject({
          ...{ status: 'failed', providerRefundId: 're_1', presumedSends: null },
        });
      }
    });
  });

  it('that was refused for a reason that we know is rejected', () => {
    expect(refundVerdictOfError(refusal(), false)).toMatchObject({
      ...{ status: 'failed', certainty: 'confirmed', errorCode: 'refund_rejected', unmapped: null },
    });
  });

  it('that was refused for a reason that nobody knows is an error of processing', () => {
    expect(refundVerdictOfError(refusal('x_1'), false)).toMatchObject({
      ...{ status: 'failed', certainty: 'confirmed', errorCode: 'processing_error' },
      ...{ unmapped: 'x_1', errorMessage: 'Acme: HTTP 422, x_1' },
    });
  });

  it('on a repeated call that was refused is unknown, whatever the reason', () => {
    const unknown = { status: 'processing', certainty: 'sent_unconfirmed', errorCode: null };
    expect(refundVerdictOfError(refusal('x_1'), true)).toMatchObject({
      ...unknown,
      unmapped: 'x_1',
    });
  });
});
