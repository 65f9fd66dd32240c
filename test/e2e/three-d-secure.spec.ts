import { createPayment, readPayment } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { decideAsPayer, paidCharges } from './support/sandbox.js';
import { until } from './support/until.js';

const challenged = {
  payment_method_token: 'pm_card_authenticationRequired',
  return_url: 'https://shop.example/thanks',
};

describe('a payment that needs 3-D Secure', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ env: { WORKER_POLL_MS: '100' } });
  });
  afterAll(() => system?.stop());

  function settled(id: string): Promise<Payment> {
    const isSettled = ({ status }: Payment) => status !== 'processing';
    return until('the webhook to settle it', () => readPayment(system, id), isSettled);
  }

  it('is processing and sends the payer to a page', async () => {
    const payment = await createPayment(system, challenged);
    expect(payment).toMatchObject({ status: 'processing', processed_at: null });
    expect(payment.next_action).toEqual({
      ...{ type: 'redirect', url: expect.stringContaining(system.sandboxUrl) as string },
    });
    const page = await fetch(payment.next_action?.url ?? '');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('10.50 USD');
    expect(await paidCharges(system, payment.id)).toEqual([]);
  });

  it('is completed by the webhook once the payer approves', async () => {
    const { id, next_action: action } = await createPayment(system, challenged);
    const destination = await decideAsPayer(action?.url ?? '', 'approve');
    expect(destination).toMatch(new RegExp(`^${system.baseUrl}/return/[\\w-]+\\?`));
    expect(await settled(id)).toMatchObject({
      ...{ status: 'completed', next_action: null, amount_refundable: '10.50' },
    });
    expect(await paidCharges(system, id)).toHaveLength(1);
    const path = `/v1/transactions/${id}/events`;
    const events = await call<{ data: Record<string, unknown>[] }>(system, 'GET', path);
    expect(events.body.data.at(-1)).toMatchObject({
      ...{ event_type: 'payment_completed', created_by: 'provider:stripe' },
      ...{ from_status: 'processing', status: 'completed' },
    });
  });

  it('is failed by the webhook when the payer declines', async () => {
    const { id, next_action: action } = await createPayment(system, challenged);
    await decideAsPayer(action?.url ?? '', 'decline');
    expect(await settled(id)).toMatchObject({
      ...{ status: 'failed', next_action: null },
      ...{ error_code: 'payment_declined', decline_code: 'authentication_failed' },
    });
    expect(await paidCharges(system, id)).toEqual([]);
  });

  it('can be cancelled while it waits, and then the page takes no money', async () => {
    const { id, next_action: action } = await createPayment(system, challenged);
    const body = { reason: 'The payer left' };
    const cancelled = await call<Payment>(system, 'POST', `/v1/transactions/${id}/cancel`, {
      body,
    });
    expect(cancelled.status).toBe(200);
    expect(cancelled.body).toMatchObject({
      ...{ status: 'cancelled', cancellation_reason: body.reason, next_action: null },
    });
    await decideAsPayer(action?.url ?? '', 'approve');
    expect(await paidCharges(system, id)).toEqual([]);
  });
});
