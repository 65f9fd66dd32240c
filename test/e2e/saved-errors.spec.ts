import { findingsOf, requireNone } from '../../libs/providers/src/contract/sandbox-findings.js';
import { postPayment, readPayment } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import {
  charges,
  forgetFindings,
  holdWebhooks,
  paidCharges,
  releaseWebhooks,
} from './support/sandbox.js';
import { until } from './support/until.js';

const env = { WORKER_POLL_MS: '100', PROVIDER_TIMEOUT_MS: '2000' };
/** How often the schedule asks before it leaves a payment to a person. */
const mostAsked = 11;

/** A payment whose provider answered a 500, which it gives to every replay as well. */
async function pay(system: TestSystem, script: string): Promise<string> {
  const { status, body } = await postPayment(system, {
    payment_method_token: `pm_sandbox_${script}`,
  });
  expect([status, body.status, body.error_code]).toEqual([201, 'processing', null]);
  return body.id;
}

interface Asked {
  sync_count: number;
  next_sync_at: Date | null;
}

/** Lets the worker ask at once, having asked that often, and waits until it has its answer. */
async function askNow(system: TestSystem, id: string, askedBefore: number): Promise<Asked> {
  const due = `UPDATE transactions SET next_sync_at = clock_timestamp(), sync_count = $2 WHERE id = $1`;
  await queryOnce(system.database.admin, due, [id, askedBefore]);
  const text = `SELECT sync_count, next_sync_at FROM transactions
    WHERE id = $1 AND (next_sync_at IS NULL OR next_sync_at > clock_timestamp() + interval '2 minutes')
      AND sync_count > $2`;
  const ask = () => queryOnce<Asked>(system.database.admin, text, [id, askedBefore]);
  const [row] = await until('the worker to ask', ask, (rows) => rows.length > 0);
  return row;
}

function completed(system: TestSystem, id: string): Promise<Payment> {
  const ask = () => readPayment(system, id);
  return until('its success', ask, ({ status }) => status === 'completed');
}

describe('a payment whose 500 the provider kept', () => {
  let system: TestSystem;

  // The search knows nothing yet: what it does not find proves nothing.
  beforeAll(async () => {
    system = await startSystem({ env, sandboxEnv: { STRIPE_SEARCH_LAG_MS: '3600000' } });
    await holdWebhooks(system);
  });
  afterAll(() => system?.stop());

  it('stays processing while the search lags, and is completed once by the webhook', async () => {
    const id = await pay(system, 'http_500_saved');
    await askNow(system, id, 0);
    await askNow(system, id, 1);
    expect((await readPayment(system, id)).status).toBe('processing');
    expect(await paidCharges(system, id)).toHaveLength(1);
    await releaseWebhooks(system);
    await completed(system, id);
    expect(await charges(system, id)).toHaveLength(1);
  });

  it('without a charge is never called failed, and is left to a person in the end', async () => {
    const id = await pay(system, 'http_500_saved_unpaid');
    expect((await askNow(system, id, 0)).next_sync_at).not.toBeNull();
    expect((await askNow(system, id, mostAsked - 1)).next_sync_at).toBeNull();
    expect(await readPayment(system, id)).toMatchObject({ status: 'processing', failed_at: null });
    expect(await charges(system, id)).toEqual([]);
  });
});

describe('a payment whose 500 the provider kept, and whose webhooks never come', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ env, sandboxEnv: { STRIPE_WEBHOOK_URL: '' } });
  });
  afterAll(() => system?.stop());

  it('is found by the search, and was charged once', async () => {
    const id = await pay(system, 'http_500_saved');
    const due = 'UPDATE transactions SET next_sync_at = clock_timestamp() WHERE id = $1';
    await queryOnce(system.database.admin, due, [id]);
    const { provider_transaction_id: found } = await completed(system, id);
    expect(await charges(system, id)).toMatchObject([{ id: found, status: 'succeeded' }]);
  });

  it('would fail these tests at their end if an adapter sent a field that is not published', async () => {
    const headers = { authorization: 'Bearer sk_test_other' };
    await fetch(`${system.sandboxUrl}/v1/refunds?surprise=1`, { headers });
    const findings = await findingsOf(system.sandboxUrl);
    expect(() => requireNone(findings)).toThrow('Received unknown parameter: surprise');
    await forgetFindings(system);
  });
});
