import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { startSandbox } from '../sandbox.js';
import type { SandboxSettings } from '../settings.js';
import type { StripeSettings } from '../stripe/stripe.settings.js';
import { type ManualClock, manualClock } from './manual-clock.js';

const secret = 'whsec_of_the_specs';
const waitMs = 5_000;

/** How long asynchronous payments and refunds take, on the sandbox's clock. */
export const settleMs = 500;

/** A sandbox over real HTTP, the official SDK pointed at it, and a receiver that verifies each webhook. */
export interface RunningSandbox {
  url: string;
  stripe: Stripe;
  clock: ManualClock;
  /** Verified webhooks in the order of their arrival. */
  events: Stripe.Event[];
  /** What the receiver answers; 200 unless a spec says otherwise. */
  receiver: { status: number };
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Resolves with the webhook of a type that is the count-th about an object. */
  arrived(type: string, objectId: string, count?: number): Promise<Stripe.Event>;
  close(): Promise<void>;
}

export interface RunningOptions {
  stateFile?: string;
  webhooks?: boolean;
  /** Further settings of Stripe's part. */
  stripe?: Partial<StripeSettings>;
  paypal?: Partial<SandboxSettings['paypal']>;
}

export async function runSandbox(options: RunningOptions = {}): Promise<RunningSandbox> {
  const events: Stripe.Event[] = [];
  const receiver = { status: 200 };
  const clock = manualClock();
  const server = await receive(events, receiver);
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`;
  const settings: SandboxSettings = {
    host: '127.0.0.1',
    port: 0,
    stateFile: options.stateFile,
    stripe: {
      webhookSecret: secret,
      webhookUrl: options.webhooks === false ? undefined : webhookUrl,
      ...options.stripe,
    },
    paypal: { webhookId: 'WEBHOOKOFTHESPECS', ...options.paypal },
    seed: 1,
    settleMs,
    adyen: { hmacKey: '00', merchantAccount: 'Unused' },
  };
  const sandbox = await startSandbox(settings, clock).catch(async (error: unknown) => {
    await stop(server);
    throw error;
  });
  return {
    url: sandbox.url,
    stripe: connect(sandbox.url),
    clock,
    events,
    receiver,
    control: (method, path, body) => control(sandbox.url, method, path, body),
    arrived: (type, objectId, count = 1) => arrived(events, type, objectId, count),
    async close() {
      await sandbox.close();
      await stop(server);
    },
  };
}

export function connect(url: string, timeoutMs = waitMs, key = 'sk_test_specs'): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(key, {
    host: hostname,
    port,
    protocol: 'http',
    telemetry: false,
    timeout: timeoutMs,
    maxNetworkRetries: 0,
  });
}

async function receive(events: Stripe.Event[], answer: { status: number }): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = request.headers['stripe-signature'] ?? '';
      events.push(Stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, secret));
      response.writeHead(answer.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

export async function control(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/_sandbox/${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function arrived(
  events: Stripe.Event[],
  type: string,
  objectId: string,
  count: number,
): Promise<Stripe.Event> {
  const deadline = Date.now() + waitMs;
  while (Date.now() < deadline) {
    const found = eventsAbout(events, objectId).filter((event) => event.type === type)[count - 1];
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const seen = events.map((event) => event.type).join(', ');
  throw new Error(`${count} x ${type} about ${objectId} did not come; came: ${seen}`);
}

export function eventsAbout(events: readonly Stripe.Event[], objectId: string): Stripe.Event[] {
  return events.filter(({ data }) => 'id' in data.object && data.object.id === objectId);
}
