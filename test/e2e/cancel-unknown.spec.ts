import { createPayment, postPayment, readAttempts, readPayment } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import {
  alertsAbout,
  becomes,
  exhaust,
  paymentFact,
  reviewsOf,
  tellFact,
  told,
} from './support/provider-facts.js';
import { behave, charges } from './support/sandbox.js';
import { until } from './support/until.js';

const notCaptured = {
  status: 'declined',
  promise: 'undone',
  code: 'processing_error',
  retry: 'never',
  raw: { code: 'CAPTURE_FAILED', message: 'the scheme refused' },
} as const;

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
    expect(await reviewsOf(system, id)).toMatchObject([{ kind: 'outcome_unknown' }]);
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

  it('stays of unknown outcome when the provider only received the cancellation', async () => {
    const charge = { path: '/v72/payments', method: 'POST', times: 1 };
    await behave(system, { ...charge, script: 'http_500' });
    const card = { provider: 'adyen', payment_method_token: 'sandbox/visa', currency: 'EUR' };
    const { id } = (await postPayment(system, card)).body;
    const body = { reason: 'The customer left' };
    const asked = await call(system, 'POST', `/v1/transactions/${id}/cancel`, { body });
    expect(asked.body).toMatchObject({ status: 'processing' });
    const [attempt] = await readAttempts(system, id);
    expect(attempt).toMatchObject({ status: 'in_flight', certainty: 'sent_unconfirmed' });
  });

  describe('while its provider promises the money', () => {
    const promised = { status: 'completed', promise: 'made' } as const;
    const undone = { status: 'cancelled', promise: 'undone' } as const;
    const kept = { status: 'processing', promise: 'kept' } as const;

    const secure = () =>
      createPayment(system, { payment_method_token: 'pm_card_authenticationRequired' });
    const statusOf = async (id: string) => (await readPayment(system, id)).status;

    /** Its cancellation is wished for, and the provider has not said what became of it. */
    async function beingCancelled(): Promise<Payment> {
      const { id } = await secure();
      await behave(system, { script: 'http_500', times: 2 });
      const body = { reason: 'Too late' };
      const asked = await call<Payment>(system, 'POST', `/v1/transactions/${id}/cancel`, { body });
      expect(asked.body.status).toBe('processing');
      return asked.body;
    }

    async function waits(payment: Payment): Promise<string> {
      const fact = await tellFact(system, paymentFact(payment, promised));
      await becomes(system, fact, 'parked');
      expect(await statusOf(payment.id)).toBe('processing');
      return fact;
    }

    it.each([
      ['is cancelled', undone, 'cancelled', 'ignored'],
      ['is completed when the cancellation is refused', kept, 'completed', 'applied'],
    ] as const)('%s, whichever is told first', async (_name, word, status, became) => {
      const [one, other] = [await beingCancelled(), await beingCancelled()];
      const first = await waits(one);
      await told(system, paymentFact(one, word), 'applied');
      await becomes(system, first, became);
      await told(system, paymentFact(other, word), 'applied');
      await told(system, paymentFact(other, promised), became);
      for (const { id } of [one, other]) {
        expect(await statusOf(id)).toBe(status);
        expect(await reviewsOf(system, id)).toEqual([]);
      }
    });

    it('is completed when nobody says what became of the cancellation', async () => {
      const payment = await beingCancelled();
      const fact = await waits(payment);
      await exhaust(system, fact, 11);
      await becomes(system, fact, 'applied');
      expect(await statusOf(payment.id)).toBe('completed');
      await told(system, paymentFact(payment, undone), 'failed');
      expect(await statusOf(payment.id)).toBe('completed');
      expect(await reviewsOf(system, payment.id)).toMatchObject([{ kind: 'payment_reversed' }]);
    });

    it.each([
      ['cancelled', { status: 'cancelled' }],
      ['not captured', notCaptured],
    ] as const)(
      'and takes it back once it is paid (%s), people look at it, and the success stands',
      async (_name, outcome) => {
        const payment = await createPayment(system, { payment_method_token: 'pm_card_visa' });
        await told(system, paymentFact(payment, outcome), 'failed');
        expect(await readPayment(system, payment.id)).toEqual(payment);
        expect(await reviewsOf(system, payment.id)).toMatchObject([
          {
            ...{ kind: 'payment_reversed', status: 'open' },
            details: {
              ...{ told: outcome.status, status: 'completed', event_type: 'test.fact' },
              provider_transaction_id: payment.provider_transaction_id,
            },
          },
        ]);
        expect(alertsAbout(system, payment.id)).toMatchObject([{ alert: 'payment_reversed' }]);
      },
    );

    it('is completed at once when nobody cancels it', async () => {
      const payment = await secure();
      await told(system, paymentFact(payment, promised), 'applied');
      expect(await statusOf(payment.id)).toBe('completed');
    });

    it('and undoes the promise is revived by money alone', async () => {
      const payment = await secure();
      await told(system, paymentFact(payment, undone), 'applied');
      await told(system, paymentFact(payment, promised), 'ignored');
      expect(await statusOf(payment.id)).toBe('cancelled');
      await told(system, paymentFact(payment, { status: 'completed' }), 'applied');
      expect(await statusOf(payment.id)).toBe('completed');
      expect(await reviewsOf(system, payment.id)).toMatchObject([{ kind: 'late_success' }]);
    });
  });

  /** Brings the worker's next look at a payment forward, and waits until it has looked. */
  async function askAgain(id: string): Promise<void> {
    // Again and again: a webhook that is applied in between puts the look off once more.
    const due = `UPDATE transactions SET next_sync_at = clock_timestamp()
      WHERE id = '${id}' AND sync_count = 0`;
    const looked = `SELECT FROM transactions WHERE id = '${id}' AND (status <> 'processing'
      OR sync_count > 0
        AND COALESCE(next_sync_at, 'infinity') > clock_timestamp() + interval '50 s')`;
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
