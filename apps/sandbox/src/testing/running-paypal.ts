import { verify, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { type RunningOptions, type RunningSandbox, runSandbox } from './running-sandbox.js';

const webhookId = 'WEBHOOKOFTHESPECS';
const waitMs = 5_000;

export interface PaypalEvent {
  id: string;
  event_type: string;
  resource_type: string;
  create_time: string;
  resource: Record<string, unknown>;
}

/** The fields that specs read; whatever else came is there too. */
export interface PaypalBody {
  id: string;
  status: string;
  access_token: string;
  links: { rel: string; href: string }[];
  purchase_units: { payments: { captures: { id: string }[] } }[];
}

export interface PaypalAnswer {
  status: number;
  headers: Headers;
  body: PaypalBody;
}

/** A sandbox over real HTTP, a merchant who calls it as PayPal's, and a receiver that verifies each webhook. */
export interface RunningPaypal {
  sandbox: RunningSandbox;
  /** Verified webhooks in the order of their arrival. */
  events: PaypalEvent[];
  /** Calls with an access token and, unless `headers` say otherwise, for the whole representation. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<PaypalAnswer>;
  /** Creates an order of 10.50 USD under this request id. */
  order(
    requestId: string,
    paymentSource: unknown,
    unit?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<PaypalAnswer>;
  /** Resolves with the webhook of a type that is the count-th to mention an id. */
  arrived(type: string, about: string, count?: number): Promise<PaypalEvent>;
  ledger(transactionId: string): Promise<{ id: string; status: string; refunded: number }[]>;
  close(): Promise<void>;
}

export async function runPaypal(options: RunningOptions = {}): Promise<RunningPaypal> {
  const events: PaypalEvent[] = [];
  const server = await receive(events);
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/paypal`;
  const listening = options.webhooks === false ? {} : { webhookUrl };
  const paypal = { ...listening, webhookId, ...options.paypal };
  const sandbox = await runSandbox({ ...options, webhooks: false, paypal });
  const { access_token } = (await grant(sandbox.url)).body;
  const call: RunningPaypal['call'] = (method, path, body, headers = {}) =>
    send(`${sandbox.url}${path}`, method, body, {
      authorization: `Bearer ${access_token}`,
      prefer: 'return=representation',
      ...headers,
    });
  return {
    sandbox,
    events,
    call,
    order: (requestId, paymentSource, unit = {}, headers = {}) =>
      call('POST', '/v2/checkout/orders', orderOf(paymentSource, unit), {
        'paypal-request-id': requestId,
        ...headers,
      }),
    arrived: (type, about, count = 1) => arrived(events, type, about, count),
    async ledger(transactionId) {
      const { body } = await sandbox.control('GET', `charges?transaction_id=${transactionId}`);
      return (body as { charges: { id: string; status: string; refunded: number }[] }).charges;
    },
    async close() {
      await sandbox.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Asks for an access token. */
export function grant(
  url: string,
  credentials = 'client:secret',
  grantType = 'client_credentials',
): Promise<PaypalAnswer> {
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const type = 'application/x-www-form-urlencoded';
  const headers = { authorization, 'content-type': type };
  return send(`${url}/v1/oauth2/token`, 'POST', `grant_type=${grantType}`, headers);
}

export function orderOf(paymentSource: unknown, unit: Record<string, unknown> = {}): object {
  const amount = { currency_code: 'USD', value: '10.50' };
  return {
    intent: 'CAPTURE',
    purchase_units: [{ amount, ...unit }],
    ...(paymentSource !== undefined && { payment_source: paymentSource }),
  };
}

export function vaulted(name: string): object {
  return { card: { vault_id: `sandbox-paypal-${name}` } };
}

async function send(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<PaypalAnswer> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: bodyOf(text) };
}

function bodyOf(text: string): PaypalBody {
  return JSON.parse(text === '' ? '{}' : text) as PaypalBody;
}

export function captureOf({ body }: PaypalAnswer): string {
  return body.purchase_units[0].payments.captures[0].id;
}

export function linkOf({ body }: PaypalAnswer, rel: string): string {
  return body.links.find((link) => link.rel === rel)?.href ?? '';
}

/** Presses a button on the payer's page. */
export function decide(page: string, decision: string): Promise<Response> {
  const body = new URLSearchParams({ decision });
  return fetch(page, { method: 'POST', body, redirect: 'manual' });
}

async function receive(events: PaypalEvent[]): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const payload = Buffer.concat(chunks);
      const judged = verified(request, payload).catch(() => false);
      void judged.then((isGenuine) => {
        if (isGenuine) events.push(JSON.parse(payload.toString()) as PaypalEvent);
        response.writeHead(isGenuine ? 200 : 400).end();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** As PayPal tells receivers to: the certificate leads to the sandbox's root, and its key signed the message. */
async function verified({ headers }: IncomingMessage, payload: Buffer): Promise<boolean> {
  const { origin, href } = new URL(String(headers['paypal-cert-url']));
  const chain = certificatesOf(await (await fetch(href)).text());
  const [root] = certificatesOf(await (await fetch(`${origin}/_sandbox/paypal/ca.pem`)).text());
  const isChained = [...chain, root].every((certificate, index, all) => {
    const issuer = all[index + 1] ?? certificate;
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  });
  const parts = [headers['paypal-transmission-id'], headers['paypal-transmission-time']];
  const message = [...parts, webhookId, crc32(payload)].join('|');
  const signature = Buffer.from(String(headers['paypal-transmission-sig']), 'base64');
  return isChained && verify('sha256', Buffer.from(message), chain[0].publicKey, signature);
}

export function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

export function eventsAbout(events: readonly PaypalEvent[], id: string): PaypalEvent[] {
  return events.filter(({ resource }) => JSON.stringify(resource).includes(id));
}

async function arrived(
  events: PaypalEvent[],
  type: string,
  about: string,
  count: number,
): Promise<PaypalEvent> {
  const deadline = Date.now() + waitMs;
  while (Date.now() < deadline) {
    const found = eventsAbout(events, about).filter(({ event_type }) => event_type === type);
    if (found[count - 1]) return found[count - 1];
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const seen = events.map(({ event_type }) => event_type).join(', ');
  throw new Error(`${count} x ${type} about ${about} did not come; came: ${seen}`);
}
