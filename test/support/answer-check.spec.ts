import { checkAnswer, findWebhookFaults, type GivenAnswer } from './answer-check.js';

const limits = { 'ratelimit-policy': '"partner";q=100;w=60', ratelimit: '"partner";r=99;t=60' };
const requestId = { 'x-request-id': '01a204f6-8b21-75d4-9000-cf3e3ac1518e' };
const known = { ...requestId, ...limits, 'content-type': 'application/json; charset=utf-8' };
const method = { object: 'payment_method', code: 'card', name: 'Card', is_active: true };
const methods = { object: 'list', data: [{ ...method, livemode: false }] };
const path = '/v1/payment-methods?x=1';

function answer(body: unknown, headers: Record<string, string> = known, status = 200): GivenAnswer {
  const text = body === undefined ? '' : JSON.stringify(body);
  return { status, headers: new Headers(headers), body, text };
}

const check =
  (given: GivenAnswer, where = path) =>
  () =>
    checkAnswer('GET', where, given);

describe('the check of answers against the OpenAPI documents', () => {
  it('lets through what is documented, and what is in neither document', () => {
    expect(check(answer(methods))).not.toThrow();
    expect(check(answer({ status: 'ok' }), '/health/live')).not.toThrow();
  });

  it.each([
    ['a status', answer(methods, known, 206), 'the status is not one of'],
    ['a property', answer({ ...methods, total: 1 }), 'must NOT have additional properties'],
    ['an inner property', answer({ ...methods, data: [{ ...method, iban: '' }] }), 'body/data/0'],
    ['a type', answer({ ...methods, object: 5 }), 'body/object: must be string'],
    ['a property that is missing', answer({ object: 'list' }), 'must have required property'],
    ['a header', answer(methods, { ...known, etag: '"1"' }), 'etag: not documented'],
    ['a header that is missing', answer(methods, { ...known, ratelimit: '' }), 'ratelimit'],
    ['the form of a header', answer(methods, { ...known, 'x-request-id': '7' }), 'x-request-id'],
    ['a content type', answer(methods, { ...known, 'content-type': 'text/html' }), 'content-type'],
  ])('refuses %s that the document does not have', (_what, given, message) => {
    expect(check(given)).toThrow(message);
  });

  it('refuses success where no document has an operation', () => {
    expect(check(answer({}), '/v1/secrets')).toThrow('no document has this operation');
    expect(check(answer({}), '/admin/v1/secrets')).toThrow('no document has this operation');
  });

  it('knows the bodies of webhooks by their types', () => {
    const [id] = Object.values(requestId);
    const body = {
      ...{ id, type: 'webhook.test', timestamp: '2026-11-02T09:30:01.000Z', sequence: 0 },
      ...{ api_version: 'v1', livemode: false },
      data: { object: { object: 'webhook_test', id }, previous_status: null },
    };
    expect(findWebhookFaults('webhook.test', body)).toEqual([]);
    expect(findWebhookFaults('webhook.test', { ...body, secret: 1 })).toHaveLength(1);
    expect(findWebhookFaults('refund.completed', body)).not.toEqual([]);
    expect(findWebhookFaults('surprise', body)).toEqual(['surprise is no documented webhook']);
  });
});
