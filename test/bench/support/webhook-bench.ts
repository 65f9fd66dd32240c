import { type HeldWebhook, heldWebhooks } from '../../e2e/support/paypal-webhooks.js';
import { holdWebhooks } from '../../e2e/support/sandbox.js';
import { createPayment } from '../../factories/payments.js';
import { globalSetup, globalTeardown } from '../../support/global-setup.js';
import { startSystem, type TestSystem } from '../../support/system.js';
import { readNumbers } from './bounded-options.js';
import { tellBusy } from './busy-machine.js';
import { quantile } from './quantile.js';
import { payAtRate } from './steady-payments.js';

const bounds = {
  webhooks: { least: 20, most: 2_000, usual: 200 },
  burst: { least: 1, most: 200, usual: 20 },
} as const;
const longestP99Ms = 50;
const paymentsASecond = 20;
const together = 8;

const tokens = {
  stripe: 'pm_card_visa',
  adyen: 'sandbox/visa',
  paypal: 'sandbox-paypal-visa',
} as const;

type Provider = keyof typeof tokens;
const providers = Object.keys(tokens) as Provider[];

/** Answer times of one provider's webhooks under one load. */
interface Measured {
  webhooks: number;
  'p50 ms': number;
  'p95 ms': number;
  'p99 ms': number;
}

/**
 * Prints how long webhooks of each provider take to be answered: one after another on a machine that does nothing
 * else, beside payments, and many at once. Each is sent once, signed by the sandbox for real.
 *
 * @returns whether those that came alone were answered in time
 */
export async function benchWebhooks(
  args: string[],
  printer: Pick<Console, 'log' | 'table'>,
): Promise<boolean> {
  const { webhooks, burst } = readNumbers(args, bounds);
  await tellBusy(printer);
  let system: TestSystem | undefined;
  await globalSetup();
  try {
    system = await startSystem();
    return await measureAll(system, { webhooks, burst, printer });
  } finally {
    await system?.stop();
    await globalTeardown();
  }
}

async function measureAll(
  system: TestSystem,
  options: { webhooks: number; burst: number; printer: Pick<Console, 'log' | 'table'> },
): Promise<boolean> {
  const { webhooks, burst, printer } = options;
  const supply = new Supply(await makeWebhooks(system, 3 * webhooks));
  const alone = await eachProvider((name) => oneByOne(system, supply.take(name, webhooks)));
  show(printer, 'alone, one after another', alone);
  const payments = payAtRate(paymentsASecond, (index) => {
    const provider = providers[index % providers.length] ?? 'stripe';
    return createPayment(system, { provider, payment_method_token: tokens[provider] });
  });
  const beside = await eachProvider((name) => oneByOne(system, supply.take(name, webhooks)));
  const { made, seconds } = await payments.stop();
  show(printer, `beside ${(made / seconds).toFixed(1)} payments a second`, beside);
  const bursts = await eachProvider((name) => inBursts(system, supply.take(name, webhooks), burst));
  show(printer, `${burst} at once`, bursts);
  const late = providers.filter((name) => alone[name]['p99 ms'] >= longestP99Ms);
  const verdict = late.length === 0 ? 'in time' : `too late: ${late.join(', ')}`;
  printer.log(`alone, p99 has to stay below ${longestP99Ms} ms: ${verdict}`);
  return late.length === 0;
}

/** Webhooks that the sandbox signed and never sent, each of a payment of its own. */
async function makeWebhooks(system: TestSystem, count: number): Promise<HeldWebhook[]> {
  await holdWebhooks(system);
  for (const provider of providers) {
    const wish = { provider, payment_method_token: tokens[provider] };
    for (let made = 0; made < count; made += together) {
      const size = Math.min(together, count - made);
      await Promise.all(Array.from({ length: size }, () => createPayment(system, wish)));
    }
  }
  const made = await heldWebhooks(system);
  await fetch(new URL('/_sandbox/webhooks/release', system.sandboxUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ discard: true }),
  });
  return made;
}

/** Gives each webhook away once. */
class Supply {
  constructor(private readonly left: HeldWebhook[]) {}

  take(provider: Provider, count: number): HeldWebhook[] {
    const taken = this.left.filter((webhook) => webhook.provider === provider).slice(0, count);
    if (taken.length < count) throw new Error(`too few webhooks of ${provider}`);
    for (const webhook of taken) this.left.splice(this.left.indexOf(webhook), 1);
    return taken;
  }
}

async function eachProvider(
  measure: (provider: Provider) => Promise<number[]>,
): Promise<Record<Provider, Measured>> {
  const rows: [Provider, Measured][] = [];
  for (const provider of providers) rows.push([provider, summaryOf(await measure(provider))]);
  return Object.fromEntries(rows) as Record<Provider, Measured>;
}

async function oneByOne(system: TestSystem, webhooks: HeldWebhook[]): Promise<number[]> {
  const times: number[] = [];
  for (const webhook of webhooks) times.push(await answerMs(system, webhook));
  return times;
}

async function inBursts(
  system: TestSystem,
  webhooks: HeldWebhook[],
  size: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let first = 0; first < webhooks.length; first += size) {
    const burst = webhooks.slice(first, first + size);
    times.push(...(await Promise.all(burst.map((webhook) => answerMs(system, webhook)))));
  }
  return times;
}

async function answerMs(
  { baseUrl }: TestSystem,
  { provider, headers, payload }: HeldWebhook,
): Promise<number> {
  const startedAt = performance.now();
  const url = new URL(`/webhooks/${provider}`, baseUrl);
  const answer = await fetch(url, { method: 'POST', headers, body: payload });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${provider} was answered ${answer.status} ${text}`);
  return performance.now() - startedAt;
}

function show(
  printer: Pick<Console, 'log' | 'table'>,
  title: string,
  rows: Record<Provider, Measured>,
): void {
  printer.log(`\n${title}`);
  printer.table(rows);
}

function summaryOf(times: number[]): Measured {
  return {
    webhooks: times.length,
    'p50 ms': quantile(times, 0.5),
    'p95 ms': quantile(times, 0.95),
    'p99 ms': quantile(times, 0.99),
  };
}
