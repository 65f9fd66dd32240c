import { postPayment, readPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { behave, charges } from './support/sandbox.js';
import { until } from './support/until.js';

describe('a payment of unknown outcome that its partner cancels', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ env: { WORKER_POLL_MS: '100' } });
  });
  afterAll(() => system?.stop());

  it('is not sent again: neither by the cancellation nor by the worker', async () => {
    await behave(system, { script: 'http_500', method: 'POST', times: 1 });
    const lost = await postPayment(system);
    expect([lost.status, lost.body.status]).toEqual([201, 'processing']);
    const { id } = lost.body;
    const body = { reason: 'The customer left' };
    const cancelled = await call(system, 'POST', `/v1/transactions/${id}/cancel`, { body });
    expect(cancelled.status).toBe(200);
    await askAgain(id);
    expect(await charges(system, id)).toEqual([]);
    expect((await readPayment(system, id)).status).toBe('processing');
  });

  it('is cancelled by the worker when the first cancellation met an error', async () => {
    const secure = { payment_method_token: 'pm_card_authenticationRequired' };
    const waiting = await postPayment(system, secure);
    const { id, next_action: nextAction } = waiting.body;
    expect(nextAction).not.toBeNull();
    await behave(system, { script: 'http_500', times: 2 });
    const body = { reason: 'The customer left' };
    const asked = await call(system, 'POST', `/v1/transactions/${id}/cancel`, { body });
    expect(asked.body).toMatchObject({ status: 'processing', next_action: nextAction });
    await askAgain(id);
    const settled = await until(
      'the cancellation',
      () => readPayment(system, id),
      (payment) => payment.status === 'cancelled',
    );
    expect(settled.cancellation_reason).toBe('The customer left');
  });

  it('is not sent again once the provider has forgotten the key', async () => {
    await behave(system, { script: 'http_500', method: 'POST', times: 1 });
    const { id } = (await postPayment(system)).body;
    const aged = `UPDATE transaction_attempts SET started_at = started_at - interval '1 day'
      WHERE transaction_id = '${id}'`;
    await queryOnce(system.database.admin, aged);
    await askAgain(id);
    expect(await charges(system, id)).toEqual([]);
  });

  it('is left to people when its provider is one that only people settle', async () => {
    const manual = await postPayment(system, {
      payment_method: 'bank_transfer',
      payment_method_token: undefined,
      provider: 'manual',
    });
    const path = `/v1/transactions/${manual.body.id}/cancel`;
    const ask = () =>
      call(system, 'POST', path, { body: { reason: 'Too late' }, idempotencyKey: 'manual-1' });
    const first = await ask();
    expect([first.status, first.body.status]).toEqual([200, 'processing']);
    expect(first.body.cancellation_reason).toBe('Too late');
    expect((await ask()).text).toBe(first.text);
  });

  /** Brings the worker's next look at a payment forward, and waits until it has looked. */
  async function askAgain(id: string): Promise<void> {
    // Again and again: a webhook that is applied in between puts the look off once more.
    const due = `UPDATE transactions SET next_sync_at = clock_timestamp()
      WHERE id = '${id}' AND sync_count = 0`;
    const looked = `SELECT FROM transactions WHERE id = '${id}' AND (status <> 'processing'
      OR sync_count > 0 AND next_sync_at > clock_timestamp() + interval '50 s')`;
    await until(
      'the worker',
      async () => {
        await queryOnce(system.database.admin, due);
        return queryOnce(system.database.admin, looked);
      },
      (rows) => rows.length > 0,
    );
  }
});
