import { randomUUID } from 'node:crypto';
import { createPayment, postRefund, readPayment } from '../factories/payments.js';
import type { List, Payment, Refund } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { asOperator } from './support/operations.js';
import {
  alertsAbout,
  becomes,
  exhaust,
  refundFact,
  reviewsOf,
  tellFact,
  told,
} from './support/provider-facts.js';
import type { RefundSubject } from './support/provider-facts.js';
import { behave } from './support/sandbox.js';
import { until } from './support/until.js';

type SourcedRefund = Refund & { source: string };

const options = {
  env: { WORKER_POLL_MS: '50', PROVIDER_TIMEOUT_MS: '1000' },
  sandboxEnv: { STRIPE_WEBHOOK_URL: '' },
};

describe('what a provider says of a refund', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem(options);
  });
  afterAll(() => system?.stop());

  async function refundsOf(id: string): Promise<SourcedRefund[]> {
    const path = `/v1/transactions/${id}/refunds`;
    return (await call<List<SourcedRefund>>(system, 'GET', path)).body.data;
  }

  async function events(id: string): Promise<{ event_type: string; created_by: string }[]> {
    const path = `/v1/transactions/${id}/events`;
    return (await call<List<{ event_type: string; created_by: string }>>(system, 'GET', path)).body
      .data;
  }

  describe('that was made in its dashboard', () => {
    it('makes it a refund of the payment, with its event and an alert', async () => {
      const payment = await createPayment(system);
      const fact = refundFact(payment);
      const webhook = await told(system, fact, 'applied');
      const [refund, ...others] = await refundsOf(payment.id);
      expect(others).toEqual([]);
      expect(refund).toMatchObject({
        ...{ id: webhook.refund_id, status: 'completed', amount: '4.00', source: 'provider' },
        ...{ provider_refund_id: fact.providerRefundId, reason: 'Refunded at the provider' },
      });
      const { status, amount_refundable: left } = await readPayment(system, payment.id);
      expect([status, left]).toEqual(['partially_refunded', '6.50']);
      expect(await events(payment.id)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            event_type: 'refund_completed',
            created_by: 'provider:stripe',
          }),
        ]),
      );
      const [item] = await reviewsOf(system, payment.id);
      expect(item).toMatchObject({ kind: 'dashboard_refund', refund_id: refund?.id });
      expect(alertsAbout(system, payment.id)).toMatchObject([{ alert: 'dashboard_refund' }]);
    });

    it('makes one refund, however many webhooks tell of it', async () => {
      const payment = await createPayment(system);
      const fact = refundFact(payment);
      const ids = await Promise.all(Array.from({ length: 5 }, () => tellFact(system, fact)));
      await Promise.all(ids.map((id) => becomes(system, id, 'applied')));
      expect(await refundsOf(payment.id)).toHaveLength(1);
      expect(await readPayment(system, payment.id)).toMatchObject({ amount_refunded: '4.00' });
      const [item, ...others] = await reviewsOf(system, payment.id);
      expect([item?.occurrences, others]).toEqual([5, []]);
    });

    it('is recorded beyond what is left, and both are flagged', async () => {
      const payment = await createPayment(system);
      expect((await postRefund(system, payment.id, { amount: '8.00' })).status).toBe(201);
      await told(system, refundFact(payment), 'applied');
      expect(await readPayment(system, payment.id)).toMatchObject({
        ...{ status: 'refunded', amount_refunded: '10.50', amount_refundable: '0.00' },
      });
      const items = await reviewsOf(system, payment.id);
      expect(items.map(({ kind }) => kind)).toEqual(['dashboard_refund', 'refund_excess']);
      expect(items[1]).toMatchObject({ details: { excess: '1.5000' } });
    });

    it.each<RefundSubject['outcome']['status'][]>([
      ['completed', 'failed'],
      ['failed', 'completed'],
      ['processing', 'failed'],
      ['failed', 'processing'],
    ])('ends as failed when it is told as %s and %s', async (...statuses) => {
      const payment = await createPayment(system);
      const providerRefundId = `re_${randomUUID()}`;
      for (const status of statuses) {
        await told(system, refundFact(payment, { providerRefundId }, status), 'applied');
      }
      expect(await refundsOf(payment.id)).toMatchObject([{ status: 'failed', source: 'provider' }]);
      expect(await readPayment(system, payment.id)).toMatchObject({
        ...{ status: 'completed', amount_refundable: '10.50' },
      });
    });

    it('is never sent to the provider again, even when nobody there knows it', async () => {
      const payment = await createPayment(system);
      const { refund_id: id } = await told(
        system,
        refundFact(payment, {}, 'processing'),
        'applied',
      );
      const text = `UPDATE refunds SET next_sync_at = now() WHERE id = $1`;
      await queryOnce(system.database.admin, text, [id]);
      const asked = 'SELECT sync_count FROM refunds WHERE id = $1 AND next_sync_at > now()';
      const ask = () => queryOnce<{ sync_count: number }>(system.database.admin, asked, [id]);
      const isAsked = ([row]: { sync_count: number }[]) => (row?.sync_count ?? 0) > 0;
      await until('the look at the refund', ask, isAsked);
      const path = `${system.sandboxUrl}/_sandbox/refunds?transaction_id=${payment.id}`;
      await until(
        'its end',
        async () => system.logs(),
        (logs) => logs.includes(`refund ${id} is`),
      );
      expect(await (await fetch(path)).json()).toEqual({ refunds: [] });
    });

    it('of a payment that is not completed yet waits for it', async () => {
      const payment = await createPayment(system, {
        ...{ payment_method_token: 'pm_card_authenticationRequired' },
        return_url: 'https://shop.example/thanks',
      });
      const id = await tellFact(system, refundFact(payment));
      expect((await becomes(system, id, 'parked')).transaction_id).toBe(payment.id);
      await told(
        system,
        {
          ...{ kind: 'payment', transactionId: payment.id },
          providerTransactionId: payment.provider_transaction_id ?? '',
          outcome: {
            ...{ status: 'completed', response: {} },
            providerTransactionId: payment.provider_transaction_id ?? '',
          },
        },
        'applied',
      );
      await becomes(system, id, 'applied');
      expect(await refundsOf(payment.id)).toHaveLength(1);
    });

    it('of a payment that operations have hidden is recorded', async () => {
      const payment = await createPayment(system);
      await asOperator(system, 'DELETE', `/transactions/${payment.id}?reason=test`);
      const { refund_id: id } = await told(system, refundFact(payment), 'applied');
      const text = 'SELECT status::text, source FROM refunds WHERE id = $1';
      const rows = await queryOnce(system.database.admin, text, [id]);
      expect(rows).toEqual([{ status: 'completed', source: 'provider' }]);
    });

    it('in another currency than the payment is left to a person', async () => {
      const payment = await createPayment(system);
      await told(system, refundFact(payment, { currency: 'EUR' }), 'failed');
      expect(await refundsOf(payment.id)).toEqual([]);
      expect(await reviewsOf(system, payment.id)).toMatchObject([{ kind: 'amount_mismatch' }]);
    });

    it('of a payment that nobody here knows ends before a person after an hour', async () => {
      const id = await tellFact(system, refundFact({ provider_transaction_id: 'pi_foreign' }));
      await becomes(system, id, 'parked');
      await exhaust(system, id, 11);
      await becomes(system, id, 'failed');
      const text = 'SELECT kind, details FROM review_items WHERE provider_webhook_id = $1';
      expect(await queryOnce(system.database.admin, text, [id])).toMatchObject([
        { kind: 'webhook_failed', details: { attempts: 12, note: 'no such payment yet' } },
      ]);
    });
  });

  describe('that we asked for', () => {
    /** A refund whose answer never reached us. */
    async function unanswered(): Promise<{ payment: Payment; refund: Refund }> {
      const payment = await createPayment(system);
      await behave(system, { script: 'timeout_then_success', path: '/v1/refunds' });
      const { body } = await postRefund(system, payment.id, { amount: '4.00' });
      expect(body).toMatchObject({ status: 'processing', provider_refund_id: null });
      return { payment, refund: body };
    }

    it('is that refund by our mark, before its own answer came', async () => {
      const { payment, refund } = await unanswered();
      const fact = refundFact(payment, { refundId: refund.id });
      expect((await told(system, fact, 'applied')).refund_id).toBe(refund.id);
      expect(await refundsOf(payment.id)).toMatchObject([
        {
          ...{ id: refund.id, status: 'completed', source: 'api' },
          provider_refund_id: fact.providerRefundId,
        },
      ]);
      expect(await reviewsOf(system, payment.id)).toEqual([]);
    });

    it('without our mark waits until we know which one is meant', async () => {
      const { payment, refund } = await unanswered();
      const fact = refundFact(payment);
      const id = await tellFact(system, fact);
      expect((await becomes(system, id, 'parked')).last_error).toContain('ours');
      expect(await refundsOf(payment.id)).toHaveLength(1);
      await told(system, { ...fact, refundId: refund.id }, 'applied');
      await becomes(system, id, 'applied');
      expect(await refundsOf(payment.id)).toHaveLength(1);
    });

    it('is not completed by another amount', async () => {
      const { payment, refund } = await unanswered();
      const fact = refundFact(payment, { refundId: refund.id, amount: '4.01' });
      await told(system, fact, 'failed');
      expect(await refundsOf(payment.id)).toMatchObject([{ id: refund.id, status: 'processing' }]);
      expect(await reviewsOf(system, payment.id)).toMatchObject([
        { kind: 'amount_mismatch', refund_id: refund.id },
      ]);
    });

    it('and that was never sent, as we thought, is one that was made there', async () => {
      const payment = await createPayment(system);
      await behave(system, { script: 'refuse_connection', path: '/v1/refunds', times: 3 });
      const { body } = await postRefund(system, payment.id, { amount: '4.00' });
      const text = `UPDATE refunds SET status = 'failed', certainty = 'never_sent', failed_at = now(),
        changed_by = 'system', next_sync_at = NULL WHERE id = $1 AND status <> 'failed'`;
      await queryOnce(system.database.admin, text, [body.id]);
      await told(system, refundFact(payment, { refundId: body.id }), 'applied');
      expect(await refundsOf(payment.id)).toMatchObject([
        { status: 'completed', source: 'provider' },
        { id: body.id, status: 'failed', source: 'api' },
      ]);
    });
  });
});
