import { createPayment, postPayment, postRefund, readPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { payingProviders } from './support/lost-answers.js';
import { alertsAbout, reviewsOf } from './support/provider-facts.js';
import { behave, charges, ledgerRefunds } from './support/sandbox.js';
import { age, type UnknownRow, untilKnown } from './support/unknown-rows.js';
import { until } from './support/until.js';

const expired = 'the idempotency key has expired';

let system: TestSystem;

beforeAll(async () => {
  system = await startSystem({ env: { WORKER_POLL_MS: '100' } });
});
afterAll(() => system?.stop());

describe('a payment of unknown outcome that its partner cancels', () => {
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

describe.each(payingProviders)('once $name has forgotten the key', (provider) => {
  const fault = { script: 'http_500', method: 'POST' };
  const account = { provider: provider.payment['provider'], provider_account: 'default' };

  const isOver = ({ is_scheduled }: UnknownRow) => is_scheduled === null;

  it('a charge that nobody knows of is not sent again, and put before people once', async () => {
    await behave(system, { ...fault, path: provider.charge });
    const { id } = await createPayment(system, provider.payment);
    await age(system, 'transactions', [id]);
    await untilKnown(system, 'transactions', [id], isOver);
    expect(await charges(system, id)).toEqual([]);
    expect(await readPayment(system, id)).toMatchObject({ status: 'processing' });
    expect(await reviewsOf(system, id)).toEqual([
      expect.objectContaining({
        ...{ kind: 'outcome_unknown', subject: id, ...account, occurrences: 1 },
        details: expect.objectContaining({ attempt_no: 1, last_answer: expired }),
      }),
    ]);
    expect(alertsAbout(system, id)).toHaveLength(1);
  });

  it('a refund that nobody knows of is not sent again, and put before people once', async () => {
    const payment = await createPayment(system, provider.payment);
    await behave(system, { ...fault, path: provider.refund(payment) });
    const { body } = await postRefund(system, payment.id, { amount: '4.00' });
    await age(system, 'refunds', [body.id]);
    const [row] = await untilKnown(system, 'refunds', [body.id], isOver);
    expect(row).toMatchObject({ status: 'processing', certainty: 'sent_unconfirmed' });
    expect(await ledgerRefunds(system, payment.id)).toEqual([]);
    expect(await reviewsOf(system, payment.id)).toEqual([
      expect.objectContaining({
        ...{ kind: 'outcome_unknown', subject: body.id, ...account, occurrences: 1 },
        details: {
          ...{ amount: '4.0000', currency: 'USD', last_answer: expired },
          provider_refund_id: null,
        },
      }),
    ]);
    expect(alertsAbout(system, body.id)).toHaveLength(1);
  });
});
