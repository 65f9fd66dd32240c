import { createPayment, postRefund } from '../factories/payments.js';
import type { List } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { absentId, asOperator, auditOf, makePartner } from './support/operations.js';
import { eventOf, sendWebhook } from './support/stripe-webhooks.js';
import { until } from './support/until.js';

interface Problem {
  code: string;
}

const because = '?reason=A+test+of+the+integration';
let system: TestSystem;

beforeAll(async () => {
  system = await startSystem({ env: { WORKER_POLL_MS: '100' } });
});

afterAll(() => system.stop());

function remove(path: string, headers: Record<string, string> = {}) {
  return asOperator<Problem>(system, 'DELETE', `${path}${because}`, { headers });
}

describe('deleting a payment', () => {
  it('hides it and its refunds from the partner, and from nobody else', async () => {
    const { key, payment, refund } = await refundedPayment();
    const paths = [`/v1/transactions/${payment}`, `/v1/refunds/${refund}`];
    const statuses = () =>
      Promise.all(paths.map(async (path) => (await call(system, 'GET', path, { key })).status));
    expect(await statuses()).toEqual([200, 200]);
    expect((await remove(`/transactions/${payment}`)).status).toBe(204);
    expect(await statuses()).toEqual([404, 404]);
    for (const path of [`${paths[0]}/refunds`, `${paths[0]}/events`]) {
      expect((await call(system, 'GET', path, { key })).status).toBe(404);
    }
    for (const path of ['/v1/transactions', '/v1/refunds']) {
      expect((await call<List<object>>(system, 'GET', path, { key })).body.data).toEqual([]);
    }
    const seen = await asOperator<{ deleted_at: string; refunds: object[] }>(
      ...[system, 'GET', `/transactions/${payment}`],
    );
    expect([seen.status, typeof seen.body.deleted_at]).toEqual([200, 'string']);
    expect(seen.body.refunds).toHaveLength(1);
  });

  it('refuses the partner’s refund of what is hidden', async () => {
    const { id } = await createPayment(system);
    await remove(`/transactions/${id}`);
    const refund = await postRefund(system, id);
    expect([refund.status, refund.body]).toMatchObject([404, { code: 'transaction_not_found' }]);
  });

  it('is audited once with its reason, however often it is asked for', async () => {
    const { partner, payment, refund } = await refundedPayment();
    for (let round = 0; round < 3; round++) {
      expect((await remove(`/transactions/${payment}`)).status).toBe(204);
    }
    const rows = (await auditOf(system, partner)).filter(({ action }) => action === 'delete');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...{ actor: 'local-admin', resource_type: 'transaction' },
      changes: {
        before: { status: 'partially_refunded', deleted_at: null },
        after: { reason: 'A test of the integration', refunds: [refund] },
      },
    });
  });

  it('is refused while the payment is open', async () => {
    const { id } = await createPayment(system, { confirm: false });
    const refused = await remove(`/transactions/${id}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'transaction_not_deletable']);
    expect((await call(system, 'GET', `/v1/transactions/${id}`)).status).toBe(200);
  });

  it('keeps to If-Match', async () => {
    const { id } = await createPayment(system);
    const path = `/transactions/${id}`;
    const late = await remove(path, { 'if-match': '"1"' });
    expect([late.status, late.body.code]).toEqual([412, 'version_conflict']);
    const etag = (await asOperator(system, 'GET', path)).headers.get('etag') ?? '';
    expect((await remove(path, { 'if-match': etag })).status).toBe(204);
  });

  it.each([
    ['one that is not there', `/transactions/${absentId}${because}`, 404],
    ['no reason', `/transactions/${absentId}`, 422],
    ['an empty reason', `/transactions/${absentId}?reason=`, 422],
    ['another field', `/transactions/${absentId}${because}&force=1`, 400],
  ])('answers %s with a problem', async (_what, path, status) => {
    const answer = await asOperator(system, 'DELETE', path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  });

  it('does not stop the provider from telling of money that was taken after all', async () => {
    const declined = await createPayment(system, {
      payment_method_token: 'pm_card_visa_chargeDeclined',
    });
    expect(declined.status).toBe('failed');
    expect((await remove(`/transactions/${declined.id}`)).status).toBe(204);
    const [row] = await queryOnce<{ object: string }>(
      system.database.admin,
      'SELECT provider_transaction_id AS object FROM transactions WHERE id = $1',
      [declined.id],
    );
    await sendWebhook(system, eventOf(succeeded(row?.object ?? '', declined.id)));
    const read = () =>
      asOperator<{ status: string }>(system, 'GET', `/transactions/${declined.id}`);
    await until('the late success', read, ({ body }) => body.status === 'completed');
  });
});

describe('deleting a partner', () => {
  it('ends its keys, frees its email and hides it', async () => {
    const email = 'leaving@example.com';
    const partner = await makePartner(system, { email });
    const own = () => call(system, 'GET', '/v1/partner', { key: partner.api_key });
    expect((await own()).status).toBe(200);
    expect((await remove(`/partners/${partner.id}`)).status).toBe(204);
    await until('the key to end', own, ({ status }) => status === 401);
    expect((await asOperator(system, 'GET', `/partners/${partner.id}`)).status).toBe(404);
    expect((await makePartner(system, { email })).id).not.toBe(partner.id);
    const actions = (await auditOf(system, partner.id)).map(({ action }) => action);
    expect(actions).toEqual(['create', 'delete']);
  });

  it('keeps to If-Match and answers an unknown one with a problem', async () => {
    const { id } = await makePartner(system);
    expect((await remove(`/partners/${id}`, { 'if-match': '"7"' })).status).toBe(412);
    expect((await remove(`/partners/${id}`, { 'if-match': '"1"' })).status).toBe(204);
    expect((await remove(`/partners/${absentId}`)).status).toBe(404);
  });
});

/** A partner of its own with one payment, half of it given back. */
async function refundedPayment() {
  const { id: partner, api_key: key } = await makePartner(system);
  const payment = await createPayment(system, {}, { key });
  const refund = await postRefund(system, payment.id, { amount: '4.00' }, { key });
  return { key, partner, payment: payment.id, refund: refund.body.id };
}

/** What Stripe tells of a payment intent that succeeded. */
function succeeded(id: string, transactionId: string) {
  return {
    ...{ id, object: 'payment_intent', status: 'succeeded', amount: 1050, currency: 'usd' },
    ...{ amount_received: 1050, metadata: { transaction_id: transactionId } },
    ...{ last_payment_error: null, next_action: null, customer: null, latest_charge: null },
  };
}
