import { createPayment, postRefund, readPayment } from '../factories/payments.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { absentId, asOperator, auditOf, makePartner } from './support/operations.js';
import { newTransfer, newUnsentTransfer, proof, settle, transfer } from './support/settlements.js';
import type { Settled } from './support/settlements.js';

let system: TestSystem;

beforeAll(async () => {
  system = await startSystem({ worker: 0 });
});

afterAll(() => system.stop());

async function received(key?: string) {
  const { id } = await newTransfer(system, key ? { key } : {});
  const answer = await settle(system, `/transactions/${id}`);
  expect([answer.status, answer.body.status]).toEqual([200, 'completed']);
  return id;
}

describe('a payment that people receive', () => {
  it('waits for them, and is completed with their evidence', async () => {
    const { id, status } = await newTransfer(system);
    expect(status).toBe('processing');
    const evidence = proof();
    const answer = await settle(system, `/transactions/${id}`, { evidence_reference: evidence });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe(`"${answer.body.version}"`);
    expect(answer.body).toMatchObject({
      ...{
        status: 'completed',
        provider_transaction_id: evidence,
        changed_by: 'operator:local-admin',
      },
      attempts: [
        { status: 'completed', certainty: 'confirmed', provider_transaction_id: evidence },
      ],
      next_sync_at: null,
    });
    expect(answer.body.events.at(-1)).toMatchObject({
      ...{ event_type: 'payment_completed', created_by: 'operator:local-admin' },
    });
    const seen = await readPayment(system, id);
    expect(seen).toMatchObject({ status: 'completed', provider_transaction_id: evidence });
  });

  it('is failed with a reason that is for our own people, and that no partner reads', async () => {
    const { id: partner, api_key: key } = await makePartner(system);
    const { id } = await newTransfer(system, { key });
    const reason = 'Ada of the branch in York says that the payer is known for this';
    const answer = await settle(system, `/transactions/${id}`, { outcome: 'failed', reason });
    expect([answer.status, answer.body.status]).toEqual([200, 'failed']);
    const error_message = 'The payment did not arrive.';
    expect(answer.body.attempts).toMatchObject([{ status: 'declined', error_message }]);
    const failed = { status: 'failed', error_code: 'payment_not_received', error_message };
    const seen = await call(system, 'GET', `/v1/transactions/${id}`, { key });
    expect(seen.body).toMatchObject({ ...failed, decline_code: null });
    for (const list of [`transactions/${id}?expand=attempts,events`, 'audit-logs', 'events']) {
      const { text } = await call(system, 'GET', `/v1/${list}`, { key });
      expect([text.includes(id), text.includes('York')]).toEqual([true, false]);
    }
    expect((await auditOf(system, partner)).at(-1)?.changes.after).toMatchObject({ reason });
  });

  it.each(['completed', 'failed'])('is %s also where nobody was asked yet', async (outcome) => {
    const { id } = await newUnsentTransfer(system);
    const answer = await settle(system, `/transactions/${id}`, { outcome });
    expect([answer.status, answer.body.status]).toEqual([200, outcome]);
    expect(answer.body.attempts).toMatchObject([{ certainty: 'confirmed' }]);
  });

  it('is settled once, however often the settlement is repeated', async () => {
    const { id: partner, api_key: key } = await makePartner(system);
    const { id } = await newTransfer(system, { key });
    const body = { evidence_reference: proof(), reason: 'It arrived in full' };
    const answers = [];
    for (let round = 0; round < 3; round++) {
      answers.push(await settle(system, `/transactions/${id}`, body, { 'if-match': '"2"' }));
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[2]?.text).toBe(answers[0]?.text);
    const rows = (await auditOf(system, partner)).filter(({ action }) => action === 'update');
    expect(rows).toEqual([
      expect.objectContaining({
        ...{ actor_type: 'operator', actor: 'local-admin', resource_type: 'transaction' },
        changes: {
          before: { status: 'processing' },
          after: { status: 'completed', ...body },
        },
      }),
    ]);
  });

  it('is settled by one of many that try at once', async () => {
    const { id } = await newTransfer(system);
    const tries = Array.from({ length: 6 }, () => settle(system, `/transactions/${id}`));
    const answers = await Promise.all(tries);
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 409, 409, 409, 409, 409]);
  });

  it('keeps to If-Match', async () => {
    const { id } = await newTransfer(system);
    const path = `/transactions/${id}`;
    const late = await settle(system, path, {}, { 'if-match': '"1"' });
    expect([late.status, late.body.code]).toEqual([412, 'version_conflict']);
    const etag = (await asOperator(system, 'GET', path)).headers.get('etag') ?? '';
    expect((await settle(system, path, {}, { 'if-match': etag })).status).toBe(200);
  });

  it('needs evidence of its own', async () => {
    const evidence = { evidence_reference: proof() };
    const [first, second] = [await newTransfer(system), await newTransfer(system)];
    expect((await settle(system, `/transactions/${first.id}`, evidence)).status).toBe(200);
    const reused = await settle(system, `/transactions/${second.id}`, evidence);
    expect([reused.status, reused.body.code]).toEqual([409, 'evidence_already_used']);
    expect((await readPayment(system, second.id)).status).toBe('processing');
  });

  it.each([
    ['has another outcome', { outcome: 'failed' }],
    ['has other evidence', {}],
  ])('refuses a second settlement that %s', async (_what, body) => {
    const answer = await settle(system, `/transactions/${await received()}`, body);
    expect([answer.status, answer.body.code]).toEqual([409, 'transaction_not_settleable']);
  });

  it.each([
    [
      'a provider that speaks for itself',
      { payment_method_token: 'pm_card_authenticationRequired' },
    ],
    ['a provider that has spoken', {}],
    ['a payment that nobody has confirmed', { ...transfer, provider: 'manual', confirm: false }],
  ])('is not one of %s', async (_what, wish) => {
    const { id, status } = await createPayment(system, wish);
    const answer = await settle(system, `/transactions/${id}`);
    expect([answer.status, answer.body.code]).toEqual([409, 'transaction_not_settleable']);
    expect((await readPayment(system, id)).status).toBe(status);
  });

  it.each([
    ['one that is not there', `/transactions/${absentId}`, {}, 404],
    ['an id of another form', '/transactions/payment-1', {}, 400],
    ['no evidence', `/transactions/${absentId}`, { evidence_reference: undefined }, 422],
    ['blank evidence', `/transactions/${absentId}`, { evidence_reference: ' ' }, 422],
    ['no reason', `/transactions/${absentId}`, { reason: undefined }, 422],
    ['another outcome', `/transactions/${absentId}`, { outcome: 'cancelled' }, 422],
    ['a field of its own', `/transactions/${absentId}`, { amount: '1.00' }, 400],
    ['a refund that is not there', `/refunds/${absentId}`, {}, 404],
  ])('answers %s with a problem', async (_what, path, body, status) => {
    const answer = await settle(system, path, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  });

  it('is nobody else’s to settle', async () => {
    const { id } = await newTransfer(system);
    const path = `/admin/v1/transactions/${id}/settle`;
    const body = { outcome: 'completed', evidence_reference: proof(), reason: 'It arrived' };
    const asPartner = await call<Settled>(system, 'POST', path, { body });
    expect(asPartner.status).toBe(401);
    expect((await readPayment(system, id)).status).toBe('processing');
  });
});

describe('a refund that people pay out', () => {
  it('moves the payment with it when it is completed', async () => {
    const id = await received();
    const refund = await postRefund(system, id, { amount: '4.00' });
    expect([refund.status, refund.body.status]).toEqual([201, 'processing']);
    const evidence = proof();
    const path = `/refunds/${refund.body.id}`;
    const answer = await settle(system, path, { evidence_reference: evidence });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe(`"${answer.body.version}"`);
    expect(answer.body).toMatchObject({
      ...{ object: 'refund', transaction_id: id, status: 'completed', amount: '4.00' },
      ...{ currency: 'USD', provider_refund_id: evidence, changed_by: 'operator:local-admin' },
    });
    expect(await readPayment(system, id)).toMatchObject({
      ...{ status: 'partially_refunded', amount_refundable: '6.50' },
    });
    const again = await settle(system, path, { evidence_reference: evidence });
    expect([again.status, again.text]).toEqual([200, answer.text]);
  });

  it('frees its amount when it fails', async () => {
    const id = await received();
    const refund = await postRefund(system, id);
    expect((await readPayment(system, id)).amount_refundable).toBe('0.00');
    const reason = 'The account is closed';
    const answer = await settle(system, `/refunds/${refund.body.id}`, {
      outcome: 'failed',
      reason,
    });
    const error_message = 'The refund could not be paid out.';
    expect(answer.body).toMatchObject({ status: 'failed', error_message });
    expect(await readPayment(system, id)).toMatchObject({
      ...{ status: 'completed', amount_refundable: '10.50' },
    });
    const late = await settle(system, `/refunds/${refund.body.id}`);
    expect([late.status, late.body.code]).toEqual([409, 'refund_not_settleable']);
  });

  it('keeps to If-Match and to evidence of its own', async () => {
    const id = await received();
    const [one, other] = [
      await postRefund(system, id, { amount: '1.00' }),
      await postRefund(system, id, { amount: '2.00' }),
    ];
    const evidence = { evidence_reference: proof() };
    const stale = await settle(system, `/refunds/${one.body.id}`, evidence, { 'if-match': '"99"' });
    expect([stale.status, stale.body.code]).toEqual([412, 'version_conflict']);
    expect((await settle(system, `/refunds/${one.body.id}`, evidence)).status).toBe(200);
    const reused = await settle(system, `/refunds/${other.body.id}`, evidence);
    expect([reused.status, reused.body.code]).toEqual([409, 'evidence_already_used']);
  });

  it('is not one that a provider pays out', async () => {
    const { id } = await createPayment(system, {
      payment_method_token: 'pm_sandbox_refund_pending',
    });
    const refund = await postRefund(system, id);
    const answer = await settle(system, `/refunds/${refund.body.id}`);
    expect([answer.status, answer.body.code]).toEqual([409, 'refund_not_settleable']);
  });

  it('is audited before and after', async () => {
    const webhook_url = 'https://shop.example/webhooks';
    const { id: partner, api_key: key } = await makePartner(system, { webhook_url });
    const id = await received(key);
    const refund = await postRefund(system, id, { amount: '4.00' }, { key });
    await settle(system, `/refunds/${refund.body.id}`, {
      outcome: 'failed',
      reason: 'A wrong IBAN',
    });
    const rows = await auditOf(system, partner);
    expect(rows.at(-1)).toMatchObject({
      ...{ action: 'update', resource_type: 'refund', actor: 'local-admin' },
      changes: {
        before: { status: 'processing' },
        after: { status: 'failed', reason: 'A wrong IBAN' },
      },
    });
  });
});
