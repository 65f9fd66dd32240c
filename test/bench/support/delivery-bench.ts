import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePartner } from '../../e2e/support/operations.js';
import { delaysOf, WebhookShops } from '../../e2e/support/webhook-shops.js';
import { createPayment } from '../../factories/payments.js';
import { globalSetup, globalTeardown } from '../../support/global-setup.js';
import { startSystem, type TestSystem } from '../../support/system.js';
import { readNumbers } from './bounded-options.js';
import { tellBusy } from './busy-machine.js';
import { quantile } from './quantile.js';
import { payAtRate } from './steady-payments.js';

const bounds = {
  payments: { least: 10, most: 2_000, usual: 100 },
  owed: { least: 0, most: 100_000, usual: 10_000 },
} as const;
const longestMedianMs = 1_000;
const slowASecond = 2;
const fastASecond = 20;
const patienceMs = 60_000;

/** How long webhooks took from the event, which is before its commit, to the partner's server. */
interface Measured {
  webhooks: number;
  'p50 ms': number;
  'p95 ms': number;
  'p99 ms': number;
}

/**
 * Prints how long webhooks take to arrive: of single payments, of many payments, and of as many beside a partner who
 * is owed thousands and whose server answers none of them.
 *
 * @returns whether half of them arrived in time, each time
 */
export async function benchDeliveries(
  args: string[],
  printer: Pick<Console, 'log' | 'table'>,
): Promise<boolean> {
  const { payments, owed } = readNumbers(args, bounds);
  await tellBusy(printer);
  let system: TestSystem | undefined;
  await globalSetup();
  try {
    system = await startSystem({ env: { WEBHOOK_TIMEOUT_MS: '15000' } });
    return await measureAll(system, { payments, owed, printer });
  } finally {
    await system?.stop();
    await globalTeardown();
  }
}

async function measureAll(
  system: TestSystem,
  options: { payments: number; owed: number; printer: Pick<Console, 'log' | 'table'> },
): Promise<boolean> {
  const { payments, owed, printer } = options;
  const shops = new WebhookShops(system);
  await shops.start();
  const rows: Record<string, Measured> = {};
  try {
    rows[`${slowASecond} payments a second`] = await measure(system, shops, {
      ...{ path: '/single', aSecond: slowASecond, payments: Math.ceil(payments / 5) },
    });
    const many = { aSecond: fastASecond, payments };
    rows[`${fastASecond} payments a second`] = await measure(system, shops, {
      ...{ ...many, path: '/many' },
    });
    const release = await oweToDeadServer(system, shops, owed);
    rows[`the same beside ${owed} to a dead server`] = await measure(system, shops, {
      ...{ ...many, path: '/beside' },
    });
    release();
  } finally {
    await shops.stop();
  }
  printer.table(rows);
  const late = Object.values(rows).filter((row) => row['p50 ms'] >= longestMedianMs);
  const verdict = late.length === 0 ? 'in time' : 'too late';
  printer.log(`half of them have to arrive within ${longestMedianMs} ms: ${verdict}`);
  return late.length === 0;
}

async function measure(
  system: TestSystem,
  shops: WebhookShops,
  { path, aSecond, payments }: { path: string; aSecond: number; payments: number },
): Promise<Measured> {
  const { api_key: key } = await makePartner(system, {
    ...{ webhook_url: shops.urlOf(path), rate_limit_per_minute: 60_000 },
  });
  const paying = payAtRate(aSecond, () => createPayment(system, {}, { key }));
  await sleep((payments * 1_000) / aSecond);
  const { made } = await paying.stop();
  const times = delaysOf(await waitFor(shops, path, made));
  return {
    webhooks: times.length,
    'p50 ms': quantile(times, 0.5),
    'p95 ms': quantile(times, 0.95),
    'p99 ms': quantile(times, 0.99),
  };
}

/** Of each payment one webhook tells its beginning, and one its end. */
async function waitFor(shops: WebhookShops, path: string, payments: number) {
  const deadline = Date.now() + patienceMs;
  while (shops.receivedAt(path).length < 2 * payments) {
    if (Date.now() > deadline) throw new Error(`webhooks are missing at ${path}`);
    await sleep(50);
  }
  return shops.receivedAt(path);
}

/** @returns lets go of what the dead server holds */
async function oweToDeadServer(
  system: TestSystem,
  shops: WebhookShops,
  owed: number,
): Promise<() => void> {
  const held: ServerResponse[] = [];
  shops.answers.set('/dead', (response) => held.push(response));
  const { api_key: key } = await shops.subscribe('/dead');
  const { id } = await createPayment(system, {}, { key });
  await shops.owe(id, owed);
  return () => {
    for (const response of held) response.destroy();
  };
}
