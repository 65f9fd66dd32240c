import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type Stripe from 'stripe';
import { runSandbox, settleMs } from './testing/running-sandbox.js';

describe('the state file', () => {
  let folder: string;
  let stateFile: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'));
    stateFile = path.join(folder, 'state.jsonl');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const params = (method: string): Stripe.PaymentIntentCreateParams => ({
    amount: 900,
    currency: 'usd',
    confirm: true,
    payment_method: method,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    metadata: { transaction_id: 'kept' },
  });

  it('brings payments, refunds and idempotency keys back after a restart', async () => {
    const idempotencyKey = 'kept';
    const before = await runSandbox({ stateFile });
    const paid = await before.stripe.paymentIntents.create(params('pm_card_visa'), {
      idempotencyKey,
    });
    const refund = await before.stripe.refunds.create({ payment_intent: paid.id, amount: 100 });
    const ledger = await before.control('GET', 'charges');
    await before.close();

    const after = await runSandbox({ stateFile });
    expect(await after.control('GET', 'charges')).toEqual(ledger);
    expect(await after.stripe.refunds.retrieve(refund.id)).toMatchObject({ amount: 100 });
    const again = await after.stripe.paymentIntents.create(params('pm_card_visa'), {
      idempotencyKey,
    });
    expect(again).toEqual(paid);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    const next = await after.stripe.paymentIntents.create(params('pm_card_visa'));
    expect(next.id).not.toBe(paid.id);
    await after.close();
  });

  it('goes on with what was under way', async () => {
    const before = await runSandbox({ stateFile });
    const { id } = await before.stripe.paymentIntents.create(params('pm_sandbox_async_success'));
    await before.close();

    const after = await runSandbox({ stateFile });
    expect((await after.stripe.paymentIntents.retrieve(id)).status).toBe('processing');
    after.clock.advance(settleMs);
    await after.arrived('payment_intent.succeeded', id);
    expect((await after.stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
    await after.close();
  });

  it('sends the webhooks that were not taken', async () => {
    const before = await runSandbox({ stateFile });
    before.receiver.status = 500;
    const { id } = await before.stripe.paymentIntents.create(params('pm_card_visa'));
    const first = await before.arrived('payment_intent.succeeded', id);
    await before.close();

    const after = await runSandbox({ stateFile });
    expect((await after.arrived('payment_intent.succeeded', id)).id).toBe(first.id);
    await after.close();
  });

  it('may end in a line that a kill tore', async () => {
    const before = await runSandbox({ stateFile });
    const { id } = await before.stripe.paymentIntents.create(params('pm_card_visa'));
    await before.close();
    appendFileSync(stateFile, '["stripe.payment",{"id":"pi_to');

    const after = await runSandbox({ stateFile });
    expect((await after.stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
    await after.close();
  });

  it('is refused when it is not the state of a sandbox, and left as it is', async () => {
    writeFileSync(stateFile, 'dear diary\nnothing\n');
    await expect(runSandbox({ stateFile })).rejects.toThrow('line 1 of');
    expect(readFileSync(stateFile, 'utf8')).toBe('dear diary\nnothing\n');
  });

  it('is emptied with the state', async () => {
    const sandbox = await runSandbox({ stateFile });
    await sandbox.stripe.paymentIntents.create(params('pm_card_visa'));
    await sandbox.control('DELETE', 'state');
    expect(readFileSync(stateFile, 'utf8')).toBe('');
    await sandbox.close();
  });
});
