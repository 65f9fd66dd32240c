import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import type { Answer, CallOptions } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { createPayment, readPayment } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { expectProblem } from './support/problems.js';
import { charges, paidCharges } from './support/sandbox.js';
import { until } from './support/until.js';

const reason = 'The customer changed their mind';

describe('a payment made with confirm: false', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ env: { WORKER_POLL_MS: '100' } });
  });
  afterAll(() => system?.stop());

  function act(id: string, action: string, options: CallOptions = {}): Promise<Answer<Payment>> {
    return call<Payment>(system, 'POST', `/v1/transactions/${id}/${action}`, options);
  }
  const confirm = (id: string, options?: CallOptions) => act(id, 'confirm', options);
  const cancel = (id: string) => act(id, 'cancel', { body: { reason } });

  it('is pending for 24 hours, and nothing is sent', async () => {
    const payment = await createPayment(system, { confirm: false });
    expect(payment).toMatchObject({ status: 'pending', provider_transaction_id: null });
    const livesMs = Date.parse(payment.expires_at ?? '') - Date.parse(payment.created_at);
    expect(livesMs).toBe(24 * 3_600_000);
    expect(await charges(system, payment.id)).toEqual([]);
  });

  it('is charged once when it is confirmed, however often', async () => {
    const { id } = await createPayment(system, { confirm: false });
    const first = await confirm(id, { idempotencyKey: 'confirm-1' });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ status: 'completed', expires_at: null });
    const replay = await confirm(id, { idempotencyKey: 'confirm-1' });
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    expect(replay.text).toBe(first.text);
    expectProblem(await confirm(id), 409, 'transaction_not_confirmable');
    expect(await paidCharges(system, id)).toHaveLength(1);
  });

  it('is cancelled before anything is sent', async () => {
    const { id } = await createPayment(system, { confirm: false });
    const answer = await cancel(id);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'cancelled', cancellation_reason: reason });
    expect(answer.body.cancelled_at).not.toBeNull();
    expectProblem(await confirm(id), 409, 'transaction_not_confirmable');
    expectProblem(await cancel(id), 409, 'transaction_not_cancellable');
    expect(await charges(system, id)).toEqual([]);
  });

  it('that is confirmed and cancelled at once ends in one way, with the money to match', async () => {
    const payments = await Promise.all(
      Array.from({ length: 10 }, () => createPayment(system, { confirm: false })),
    );
    for (const { id } of payments) {
      const [confirmed, cancelled] = await Promise.all([confirm(id), cancel(id)]);
      const statuses = [confirmed.status, cancelled.status];
      expect(statuses).toContain(200);
      expect([200, 409]).toEqual(expect.arrayContaining(statuses));
      const isOpen = ({ status }: Payment) => status === 'processing';
      const end = await until(
        'its end',
        () => readPayment(system, id),
        (now) => !isOpen(now),
      );
      expect(['completed', 'cancelled']).toContain(end.status);
      const paid = await paidCharges(system, id);
      expect(paid).toHaveLength(end.status === 'completed' ? 1 : 0);
    }
  });

  it('can not be cancelled any more when it is completed', async () => {
    const { id } = await createPayment(system);
    expectProblem(await cancel(id), 409, 'transaction_not_cancellable');
    expect(await readPayment(system, id)).toMatchObject({ status: 'completed' });
  });

  it('keeps the wish to cancel when the provider can not stop the payment any more', async () => {
    const { id } = await createPayment(system, {
      payment_method_token: 'pm_sandbox_async_success',
    });
    const answer = await cancel(id);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'processing', cancellation_reason: reason });
    const { cancel_requested_at: wishedAt } = answer.body;
    expect(wishedAt).toMatch(/^\d.*\.\d{3}Z$/);
    const isDone = ({ status }: Payment) => status === 'completed';
    const completed = await until('its success', () => readPayment(system, id), isDone);
    expect(completed).toMatchObject({ cancel_requested_at: wishedAt });
  });

  it('is cancelled by the worker once it has expired', async () => {
    const { id } = await createPayment(system, { confirm: false });
    const control = await createPayment(system, { confirm: false });
    await queryOnce(
      system.database.admin,
      `UPDATE transactions SET expires_at = clock_timestamp() WHERE id = $1`,
      [id],
    );
    const isCancelled = ({ status }: Payment) => status === 'cancelled';
    const expired = await until('the worker', () => readPayment(system, id), isCancelled);
    expect(expired).toMatchObject({ cancellation_reason: 'expired' });
    expectProblem(await confirm(id), 409, 'transaction_not_confirmable');
    expect(await readPayment(system, control.id)).toMatchObject({ status: 'pending' });
  });
});
