import { payPalDeclines, toDecline } from './paypal.declines.js';
import { issueOf, toProviderError } from './paypal.errors.js';
import { payPalIssues } from './paypal.issues.js';

function answer(httpStatus: number, issue: string, headers: Record<string, string> = {}) {
  const details = [{ issue, description: 'Because.' }];
  const json = { name: 'UNPROCESSABLE_ENTITY', message: 'No.', debug_id: 'f5c1', details };
  return { httpStatus, headers, json };
}

describe("PayPal's refusal", () => {
  it.each([
    [400, 'INVALID_PARAMETER_SYNTAX', 'rejected'],
    [401, 'INVALID_ACCOUNT_STATUS', 'misconfigured'],
    [403, 'PERMISSION_DENIED', 'misconfigured'],
    [404, 'INVALID_RESOURCE_ID', 'outcome_unknown'],
    [409, 'RESOURCE_CONFLICT', 'outcome_unknown'],
    [418, 'ANYTHING', 'outcome_unknown'],
    [422, 'TOKEN_ID_NOT_FOUND', 'rejected'],
    [422, 'SOMETHING_NEW', 'rejected'],
    [422, 'PAYEE_ACCOUNT_RESTRICTED', 'misconfigured'],
    [422, 'NOT_ENABLED_FOR_CARD_PROCESSING', 'misconfigured'],
    [422, 'DUPLICATE_INVOICE_ID', 'outcome_unknown'],
    [422, 'ORDER_ALREADY_CAPTURED', 'outcome_unknown'],
    [422, 'ORDER_COMPLETION_IN_PROGRESS', 'outcome_unknown'],
    [400, 'DUPLICATE_REQUEST_ID', 'outcome_unknown'],
    [429, 'RATE_LIMIT_REACHED', 'throttled'],
  ])('%i %s is %s', (httpStatus, issue, kind) => {
    expect(toProviderError(answer(httpStatus, issue))).toMatchObject({
      kind,
      details: { code: issue, httpStatus },
    });
  });

  it('says when to come again, and names what PayPal said and can be asked about', () => {
    const error = toProviderError(answer(429, 'RATE_LIMIT_REACHED', { 'retry-after': '7' }));
    expect(error.details.retryAfterMs).toBe(7000);
    expect(error.message).toBe('PayPal: HTTP 429, RATE_LIMIT_REACHED (Because.), debug id f5c1');
  });

  it.each([
    [400, 'SOMETHING_NEW'],
    [422, 'SOMETHING_NEW'],
    [422, 'constructor'],
  ])('%i %s, which no table knows, says so', (httpStatus, issue) => {
    const refused = { kind: 'rejected', details: { code: issue, unmapped: issue } };
    expect(toProviderError(answer(httpStatus, issue))).toMatchObject(refused);
  });

  it.each([
    [400, 'INVALID_PARAMETER_SYNTAX'],
    [422, 'TOKEN_ID_NOT_FOUND'],
    [422, 'INSTRUMENT_DECLINED'],
    [422, 'PAYEE_ACCOUNT_RESTRICTED'],
    [422, 'ORDER_ALREADY_CAPTURED'],
    [403, 'SOMETHING_NEW'],
    [404, 'SOMETHING_NEW'],
  ])('%i %s is known, by its issue or by its status', (httpStatus, issue) => {
    expect(toProviderError(answer(httpStatus, issue)).details.unmapped).toBeUndefined();
  });

  it.each([
    [{ name: 'NOT_AUTHORIZED', message: 'Sorry.' }, 'NOT_AUTHORIZED', 'Sorry.'],
    [{ error: 'invalid_token' }, 'invalid_token', ''],
    [{ name: 'X', details: 'none' }, 'X', ''],
    [{ name: 'X', details: [null] }, 'X', ''],
    [{}, 'unknown', ''],
  ])('%j is named %s', (json, issue, description) => {
    expect(issueOf({ httpStatus: 400, headers: {}, json })).toEqual({ issue, description });
  });
});

describe('the table of PayPal', () => {
  it('says of every decline what becomes of it', () => {
    const became = payPalDeclines.map(({ code }) => ({ code, declined: toDecline({ code }) }));
    expect(became).toEqual(
      payPalDeclines.map(({ code, ours, retry }) => {
        return { code, declined: { code: ours, retry, raw: { code, message: '' } } };
      }),
    );
  });

  it('says of every refused call what becomes of it', () => {
    const kinds: Record<string, string> = {
      ...{ provider_rejected: 'rejected', provider_misconfigured: 'misconfigured' },
      ...{ refund_failed: 'rejected', outcome_unknown: 'outcome_unknown' },
    };
    const became = payPalIssues.map(({ code }) => {
      const { kind, details } = toProviderError(answer(422, code));
      return { code, kind, unmapped: details.unmapped };
    });
    expect(became).toEqual(payPalIssues.map(({ code, ours }) => ({ code, kind: kinds[ours] })));
  });
});
