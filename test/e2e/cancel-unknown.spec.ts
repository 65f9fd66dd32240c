import {
  createPayment,
  postPayment,
  postRefund,
  readAttempts,
  readPayment,
} from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { payingProviders } from './support/lost-answers.js';
import {
  alertsAbout,
  becomes,
  exhaust,
  notCaptured,
  parkedAgain,
  passAnHour,
  paymentFact,
  resolveReviews,
  reviewsOf,
  tellFact,
  told,
} from './support/provider-facts.js';
import { behave, charges, ledgerRefunds } from './support/sandbox.js';
import { age, askOnce, type UnknownRow, untilKnown } from './support/unknown-rows.js';
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
    await askOnce(system, id);
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
    await askOnce(system, id);
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

    it('waits for the answer however late it is; after an hour people look, once', async () => {
      const payment = await beingCancelled();
      const fact = await waits(payment);
      await exhaust(system, fact, 100);
      expect(await parkedAgain(system, fact)).toEqual([{ attempt_count: 12 }]);
      expect(await reviewsOf(system, payment.id)).toEqual([]);
      await passAnHour(system, payment.id, fact);
      await parkedAgain(system, fact);
      expect(await statusOf(payment.id)).toBe('processing');
      const sighting = {
        ...{ kind: 'outcome_unknown', provider_webhook_id: fact, occurrences: 1 },
        details: { promise: 'made', last_answer: 'the answer to a cancellation is awaited' },
      };
      expect(await reviewsOf(system, payment.id)).toMatchObject([{ ...sighting, status: 'open' }]);
      await resolveReviews(system, payment.id);
      await passAnHour(system, payment.id, fact);
      await parkedAgain(system, fact);
      expect(await reviewsOf(system, payment.id)).toMatchObject([
        { ...sighting, status: 'resolved' },
      ]);
      expect(alertsAbout(system, payment.id)).toHaveLength(1);
      await told(system, paymentFact(payment, kept), 'applied');
      await becomes(system, fact, 'applied');
      expect(await statusOf(payment.id)).toBe('completed');
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
