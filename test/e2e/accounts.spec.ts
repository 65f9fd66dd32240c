import * as path from 'node:path';
import { sandboxEnvironment } from '../../apps/local/src/environments.js';
import { choosePort } from '../../apps/local/src/ports.js';
import { startProcess } from '../../apps/local/src/processes.js';
import type { RunningProcess } from '../../apps/local/src/processes.js';
import { findingsOf, requireNone } from '../../libs/providers/src/contract/sandbox-findings.js';
import { letterAbout, sendLetter, type Letter } from '../faults/support/letters.js';
import { createPayment, readAttempts, readPayment } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { currentTestRun, rootDir } from '../support/test-run.js';
import { behave, decideAsPayer, holdWebhooks, releaseWebhooks } from './support/sandbox.js';
import { secondAccounts, secondAccountsPlayed } from './support/second-accounts.js';
import { eventOf, sign } from './support/stripe-webhooks.js';
import { until } from './support/until.js';

const euSecret = 'whsec_of_the_account_eu';
// Both accounts give the same ids to their payments and events, in the same order.
const seed = { SANDBOX_SEED: '7', SANDBOX_SETTLE_MS: '50' };

describe('two accounts at one provider', () => {
  let system: TestSystem;
  let euSandbox: RunningProcess | undefined;
  let euWaiting: Payment;
  let euPaid: Payment;

  beforeAll(async () => {
    const port = await choosePort();
    const sandboxUrl = `http://127.0.0.1:${port}`;
    const account = {
      STRIPE_API_URL__EU: sandboxUrl,
      STRIPE_SECRET_KEY__EU: 'sk_test_eu',
      STRIPE_WEBHOOK_SECRET__EU: euSecret,
    };
    const plain = { WORKER_POLL_MS: '100', ...account, STRIPE_SECRET_KEY: '' };
    system = await startSystem({
      env: (url, paypalCaFile) => ({ ...plain, ...secondAccounts(url, paypalCaFile) }),
      sandboxEnv: (apiUrl) => ({ ...seed, ...secondAccountsPlayed(apiUrl) }),
    });
    euSandbox = await startEuSandbox(port, sandboxUrl);
    // While the default account is off, payments go to the other one.
    euWaiting = await createPayment(system, waiting);
    euPaid = await createPayment(system, later);
    const both = { STRIPE_SECRET_KEY: currentTestRun().secrets.stripe_secret_key };
    await isCompleted(euPaid.id);
    await system.restartApi(both);
    await system.kill('worker', 'SIGTERM');
    await system.start('worker', both);
  });
  afterAll(async () => {
    const findings = await findingsOf(euSandbox?.url ?? '').catch(String);
    await euSandbox?.stop();
    await system?.stop();
    requireNone(findings);
  });

  const waiting = {
    payment_method_token: 'pm_card_authenticationRequired',
    return_url: 'https://shop.example/thanks',
  };
  const later = { payment_method_token: 'pm_sandbox_async_success' };

  function startEuSandbox(port: number, sandboxUrl: string): Promise<RunningProcess> {
    const { secrets, directory } = currentTestRun();
    const extra = {
      ...seed,
      STRIPE_WEBHOOK_URL: `${system.baseUrl}/webhooks/stripe/eu`,
      STRIPE_WEBHOOK_SECRET: euSecret,
    };
    return startProcess({
      name: 'sandbox-eu',
      entry: path.join(rootDir, 'dist/apps/sandbox/src/main.js'),
      env: sandboxEnvironment({ secrets, port, apiUrl: system.baseUrl, sandboxUrl, extra }),
      logFile: path.join(directory, 'logs', `sandbox-eu-${port}.log`),
    });
  }

  function isCompleted(id: string): Promise<Payment> {
    const ask = () => readPayment(system, id);
    return until('its success', ask, ({ status }) => status === 'completed');
  }

  function accountOf(id: string): Promise<{ provider_account: string }[]> {
    const text = 'SELECT provider_account FROM transactions WHERE id = $1';
    return queryOnce(system.database.admin, text, [id]);
  }

  async function webhookAccounts(id: string): Promise<string[]> {
    const rows = await queryOnce<{ provider_account: string }>(
      system.database.admin,
      'SELECT DISTINCT provider_account FROM provider_webhooks WHERE transaction_id = $1',
      [id],
    );
    return rows.map((row) => row.provider_account);
  }

  it('are told of their payments each at its own address', async () => {
    expect(await accountOf(euPaid.id)).toEqual([{ provider_account: 'eu' }]);
    expect(await webhookAccounts(euPaid.id)).toEqual(['eu']);
  });

  it('may give the same id to two payments, of which each is settled by its own account', async () => {
    const ours = await createPayment(system, waiting);
    expect(await accountOf(ours.id)).toEqual([{ provider_account: 'default' }]);
    expect(ours.provider_transaction_id).toBe(euWaiting.provider_transaction_id);
    await decideAsPayer(ours.next_action?.url ?? '', 'approve');
    await isCompleted(ours.id);
    expect((await readPayment(system, euWaiting.id)).status).toBe('processing');
    await decideAsPayer(euWaiting.next_action?.url ?? '', 'approve');
    await isCompleted(euWaiting.id);
    expect(await webhookAccounts(ours.id)).toEqual(['default']);
    expect(await webhookAccounts(euWaiting.id)).toEqual(['eu']);
  });

  it('may give the same id to two events, and neither is taken for a duplicate', async () => {
    const rows = await queryOnce<{ accounts: string[] }>(
      system.database.admin,
      `SELECT array_agg(provider_account ORDER BY provider_account) AS accounts
       FROM provider_webhooks GROUP BY provider_event_id HAVING count(*) > 1`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { accounts } of rows) expect(accounts).toEqual(['default', 'eu']);
  });

  it.each([
    { signer: 'the default account', secret: undefined, status: 400 },
    { signer: 'the account itself', secret: euSecret, status: 200 },
  ])('take at /eu a webhook signed by $signer as $status', async ({ secret, status }) => {
    const event = eventOf({ id: 'cus_1', object: 'customer' }, 'customer.created');
    const body = JSON.stringify(event);
    const headers = { 'stripe-signature': sign(body, 0, secret) };
    const options = { key: null, idempotencyKey: null, body, headers };
    const answer = await call(system, 'POST', '/webhooks/stripe/eu', options);
    expect(answer.status).toBe(status);
    const stored = await queryOnce(
      system.database.admin,
      'SELECT provider_account FROM provider_webhooks WHERE provider_event_id = $1',
      [event.id],
    );
    expect(stored).toEqual(status === 200 ? [{ provider_account: 'eu' }] : []);
  });

  it('have no address beside those that are configured', async () => {
    const body = JSON.stringify(eventOf({ id: 'cus_1', object: 'customer' }, 'customer.created'));
    const headers = { 'stripe-signature': sign(body) };
    const options = { key: null, idempotencyKey: null, body, headers };
    const answer = await call(system, 'POST', '/webhooks/stripe/us', options);
    expect(answer.status).toBe(404);
  });

  describe.each([
    {
      provider: 'Adyen',
      payment: { payment_method_token: 'shopper/pending' },
      charge: '/v72/payments',
      told: 'AUTHORISATION',
    },
    {
      provider: 'PayPal',
      payment: { payment_method_token: 'sandbox-paypal-pending' },
      charge: '/v2/checkout/orders',
      told: 'PAYMENT.CAPTURE.COMPLETED',
    },
  ])('of $provider', ({ provider, payment: fields, charge, told }) => {
    beforeAll(() => holdWebhooks(system));
    afterAll(() => releaseWebhooks(system));

    const stored = () =>
      queryOnce(system.database.admin, 'SELECT id FROM provider_webhooks WHERE provider = $1', [
        provider.toLowerCase(),
      ]);

    /** Until its verdict does not wait for a certificate. */
    const verdictOn = (letter: Letter) =>
      until(
        'a verdict',
        () => sendLetter(letter),
        (status) => status !== 503,
      );

    it.each([
      { account: 'eu', refusedBy: 'default', own: /\/eu$/, other: '' },
      { account: 'default', refusedBy: 'eu', own: /(?<!\/eu)$/, other: '/eu' },
    ])(
      'know a webhook of $account by its secret: $refusedBy refuses it, and nothing changes',
      async ({ account, own, other }) => {
        // Whom the default account turns away, the other one takes.
        if (account === 'eu') {
          await behave(system, { script: 'http_429_then_success', method: 'POST', path: charge });
        }
        const payment = await createPayment(system, fields);
        const attempts = (await readAttempts(system, payment.id)).map(
          (one) => one.provider_account,
        );
        expect(attempts).toEqual(account === 'eu' ? ['default', 'eu'] : ['default']);
        expect(payment).toMatchObject({ status: 'processing', provider_account: account });
        const letter = await letterAbout(system, payment, told);
        expect(letter.url).toMatch(own);
        const before = await stored();
        const astray = { ...letter, url: letter.url.replace(own, other) };
        expect(await verdictOn(astray)).toBe(400);
        expect(await stored()).toEqual(before);
        expect(await verdictOn(letter)).toBe(200);
        await isCompleted(payment.id);
        expect(await webhookAccounts(payment.id)).toEqual([account]);
      },
    );
  });
});
