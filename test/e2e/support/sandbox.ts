import type { TestSystem } from '../../support/system.js';

/** One attempt to move money, as the sandbox's ledger shows it. Amounts are minor units. */
export interface LedgerCharge {
  id: string;
  transaction_id: string;
  idempotency_key: string;
  amount: number;
  currency: string;
  status: string;
  refunded: number;
}

async function ask<Body>(system: TestSystem, path: string, init: RequestInit = {}): Promise<Body> {
  const response = await fetch(new URL(path, system.sandboxUrl), {
    ...init,
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the sandbox answered ${response.status} ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as Body;
}

function post(system: TestSystem, path: string, body: Record<string, unknown>): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  return ask(system, path, { method: 'POST', headers, body: JSON.stringify(body) });
}

export async function charges(system: TestSystem, transactionId = ''): Promise<LedgerCharge[]> {
  const path = `/_sandbox/charges${transactionId && `?transaction_id=${transactionId}`}`;
  return (await ask<{ charges: LedgerCharge[] }>(system, path)).charges;
}

/** The charges of a payment that moved money. */
export async function paidCharges(system: TestSystem, id: string): Promise<LedgerCharge[]> {
  return (await charges(system, id)).filter((charge) => charge.status === 'succeeded');
}

export async function ledgerRefunds(
  system: TestSystem,
  transactionId: string,
): Promise<{ amount: number; status: string }[]> {
  const path = `/_sandbox/refunds?transaction_id=${transactionId}`;
  return (await ask<{ refunds: { amount: number; status: string }[] }>(system, path)).refunds;
}

/** What the next calls to the sandbox meet. */
export async function behave(system: TestSystem, behaviour: Record<string, unknown>) {
  await post(system, '/_sandbox/behaviour', behaviour);
}

/** How many calls the behaviours in force still meet, one after the other. */
export async function unmetCalls(system: TestSystem): Promise<number[]> {
  const path = '/_sandbox/behaviour';
  const { behaviours } = await ask<{ behaviours: { times: number }[] }>(system, path);
  return behaviours.map(({ times }) => times);
}

/** Nothing is asked of the next calls any more. */
export async function behaveAsUsual(system: TestSystem): Promise<void> {
  await ask(system, '/_sandbox/behaviour', { method: 'DELETE' });
}

/** The provider forgets everything. */
export async function forgetAll(system: TestSystem): Promise<void> {
  await ask(system, '/_sandbox/state', { method: 'DELETE' });
}

/** Otherwise the system fails at its stop: for a test that made the sandbox find something. */
export async function forgetFindings(system: TestSystem): Promise<void> {
  await ask(system, '/_sandbox/findings', { method: 'DELETE' });
}

/** A webhook as the sandbox remembers it. */
export interface SentWebhook {
  type: string;
  object_id: string;
  status: string;
  attempts: number;
}

/** What became of the webhooks so far. */
export async function sentWebhooks(system: TestSystem): Promise<SentWebhook[]> {
  return (await ask<{ webhooks: SentWebhook[] }>(system, '/_sandbox/webhooks')).webhooks;
}

/** No webhook leaves until `releaseWebhooks`. */
export async function holdWebhooks(system: TestSystem): Promise<void> {
  await post(system, '/_sandbox/webhooks/hold', {});
}

export async function releaseWebhooks(system: TestSystem): Promise<void> {
  await post(system, '/_sandbox/webhooks/release', {});
}

/**
 * Somebody gives money back on the provider's own website. Minor units.
 *
 * @returns the provider's id of the refund
 */
export async function refundByHand(
  system: TestSystem,
  provider: string,
  paymentId: string,
  amount: number,
): Promise<string> {
  const body = { provider, payment_id: paymentId, amount };
  return ((await post(system, '/_sandbox/refunds', body)) as { id: string }).id;
}

/**
 * A payer takes money back. Minor units.
 *
 * @returns the provider's id of the dispute
 */
export async function openDispute(
  system: TestSystem,
  provider: string,
  paymentId: string,
  amount: number,
): Promise<string> {
  const body = { provider, payment_id: paymentId, amount };
  return ((await post(system, '/_sandbox/disputes', body)) as { id: string }).id;
}

/** The payer's bank decides. */
export async function closeDispute(
  system: TestSystem,
  provider: string,
  id: string,
  outcome: 'won' | 'lost',
): Promise<void> {
  await post(system, '/_sandbox/disputes/close', { provider, id, outcome });
}

/** Closes the sandbox's port; connections are refused until it opens again. */
export async function closePort(system: TestSystem, durationMs: number): Promise<void> {
  await post(system, '/_sandbox/outage', { duration_ms: durationMs });
}

export async function isUp(system: TestSystem): Promise<boolean> {
  return ask(system, '/_sandbox/health').then(
    () => true,
    () => false,
  );
}

/** The payer presses a button on the provider's page. Answers where the browser is sent then. */
export async function decideAsPayer(
  pageUrl: string,
  decision: 'approve' | 'decline',
): Promise<string | null> {
  const response = await fetch(pageUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `decision=${decision}`,
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
  });
  return response.headers.get('location');
}
