import { createPayment, postPayment, readPayment } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { charges, closePort, isUp, paidCharges } from './support/sandbox.js';
import { until } from './support/until.js';

/** Where the money moved and the answer was lost. */
const lostAnswers = [
  'timeout_then_success',
  'reset_after_commit',
  'http_500_then_success',
  'garbage_body',
  'html_body',
  'huge_body',
] as const;

// No webhooks here: only the worker can find out.
const options = {
  env: { WORKER_POLL_MS: '100', PROVIDER_TIMEOUT_MS: '700' },
  sandboxEnv: { STRIPE_WEBHOOK_URL: '' },
};

describe('a payment whose outcome is not known', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem(options);
  });
  afterAll(() => system?.stop());

  function pay(script: string): Promise<Payment> {
    return createPayment(system, { payment_method_token: `pm_sandbox_${script}` });
  }

  /** The schedule asks after a minute at first; this makes it now. */
  function askNow(id: string): Promise<unknown> {
    const text = 'UPDATE transactions SET next_sync_at = clock_timestamp() WHERE id = $1';
    return queryOnce(system.database.admin, text, [id]);
  }

  async function settledByWorker(id: string): Promise<Payment> {
    await askNow(id);
    const isSettled = ({ status }: Payment) => status !== 'processing';
    return until('the worker to settle it', () => readPayment(system, id), isSettled);
  }

  async function eventTypes(id: string): Promise<string[]> {
    const path = `/v1/transactions/${id}/events`;
    const { body } = await call<{ data: { event_type: string }[] }>(system, 'GET', path);
    return body.data.map((event) => event.event_type);
  }

  it.each(lostAnswers)('after %s is processing, then completed with one charge', async (script) => {
    const answer = await postPayment(system, { payment_method_token: `pm_sandbox_${script}` });
    expect(answer.status).toBe(201);
    const { id } = answer.body;
    expect(answer.body).toMatchObject({ status: 'processing', failed_at: null, error_code: null });
    expect(await eventTypes(id)).toEqual(['created', 'outcome_unknown']);
    const settled = await settledByWorker(id);
    expect(settled).toMatchObject({ status: 'completed', error_code: null });
    const paid = await paidCharges(system, id);
    expect(paid).toEqual([expect.objectContaining({ id: settled.provider_transaction_id })]);
    expect(await charges(system, id)).toHaveLength(1);
    expect(await eventTypes(id)).toEqual(['created', 'outcome_unknown', 'payment_completed']);
  });

  it('after timeout_then_fail ends as declined, without money', async () => {
    const { id, status } = await pay('timeout_then_fail');
    expect(status).toBe('processing');
    expect(await settledByWorker(id)).toMatchObject({
      ...{ status: 'failed', error_code: 'payment_declined' },
    });
    expect(await paidCharges(system, id)).toEqual([]);
  });

  it('stays processing while the provider has no answer, and is asked later again', async () => {
    const { id, status } = await pay('http_500');
    expect(status).toBe('processing');
    await askNow(id);
    const row = await until(
      'the worker to ask',
      async () => {
        const text = `SELECT sync_count, next_sync_at - clock_timestamp() > interval '2 minutes' AS later
          FROM transactions WHERE id = $1`;
        const rows = await queryOnce<{ sync_count: number; later: boolean }>(
          ...[system.database.admin, text, [id]],
        );
        return rows[0];
      },
      (found) => found?.later ?? false,
    );
    expect(row?.sync_count).toBe(1);
    expect(await readPayment(system, id)).toMatchObject({ status: 'processing' });
    expect(await paidCharges(system, id)).toEqual([]);
  });

  it('that the provider throttled is sent again and charged once', async () => {
    const { id } = await pay('http_429_then_success');
    const isDone = ({ status }: Payment) => status === 'completed';
    await until('its success', () => readPayment(system, id), isDone);
    expect(await paidCharges(system, id)).toHaveLength(1);
  });

  it('is different from one that was never sent: that fails, and nothing is charged', async () => {
    await closePort(system, 1_500);
    await until(
      'the outage',
      () => isUp(system),
      (up) => !up,
    );
    const answer = await postPayment(system);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...{ status: 'failed', error_code: 'provider_unavailable', decline_code: null },
    });
    await until(
      'the sandbox',
      () => isUp(system),
      (up) => up,
    );
    expect(await charges(system, answer.body.id)).toEqual([]);
    const control = await createPayment(system);
    expect(control.status).toBe('completed');
  });
});
