import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hmacValidator } from '@adyen/api-library';
import type { NotificationRequestItem } from '@adyen/api-library/lib/src/typings/notification/models.js';
import { startSandbox } from '../sandbox.js';
import { readSettings } from '../settings.js';
import { type ManualClock, manualClock } from './manual-clock.js';
import { control, settleMs, stop } from './running-sandbox.js';

const hmacKey = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
const waitMs = 5_000;

type Body = Record<string, unknown>;

/** An item of a notification, its words as text. */
export type NotifiedItem = Omit<NotificationRequestItem, 'eventCode' | 'success'> & {
  eventCode: string;
  success: string;
};

export interface AdyenReply {
  status: number;
  headers: Headers;
  body: Body;
}

/** A sandbox over real HTTP, and a receiver that verifies each item with Adyen's own library. */
export interface RunningAdyen {
  url: string;
  clock: ManualClock;
  /** Verified notifications in the order of their arrival, each with its items. */
  notifications: NotifiedItem[][];
  /** What the receiver answers; 200 unless a spec says otherwise. */
  receiver: { status: number };
  /** Sends a body of Adyen's to `/v72/<path>`. */
  call(path: string, body: unknown, headers?: Record<string, string>): Promise<AdyenReply>;
  /** Pays with a stored card, its id being a magic value. */
  pay(token: string, more?: Body, headers?: Record<string, string>): Promise<AdyenReply>;
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** The items that came about a payment, its modifications and disputes included. */
  itemsAbout(psp: string): NotifiedItem[];
  /** Resolves with an item about a payment. */
  arrived(eventCode: string, psp: string, count?: number): Promise<NotifiedItem>;
  /** Lets the time pass that asynchronous changes take, and waits for an item. */
  settled(eventCode: string, psp: string): Promise<NotifiedItem>;
  close(): Promise<void>;
}

/** @param extra further settings */
export async function runAdyen(
  stateFile?: string,
  extra: Record<string, string> = {},
): Promise<RunningAdyen> {
  const notifications: NotifiedItem[][] = [];
  const receiver = { status: 200 };
  const clock = manualClock();
  const server = await receive(notifications, receiver);
  const { port } = server.address() as AddressInfo;
  const settings = readSettings({
    PORT: '0',
    ADYEN_WEBHOOK_URL: `http://127.0.0.1:${port}/webhooks/adyen`,
    ADYEN_HMAC_KEY: hmacKey,
    ADYEN_MERCHANT_ACCOUNT: 'SpecsCOM',
    SANDBOX_STATE_FILE: stateFile,
    SANDBOX_SEED: '1',
    SANDBOX_SETTLE_MS: String(settleMs),
    ...extra,
  });
  const running = await startSandbox(settings, clock);
  const { url } = running;
  const itemsAbout = (psp: string): NotifiedItem[] =>
    notifications
      .flat()
      .filter(
        ({ pspReference, originalReference }) => pspReference === psp || originalReference === psp,
      );
  const arrived = (eventCode: string, psp: string, count = 1): Promise<NotifiedItem> =>
    until(() => itemsAbout(psp).filter((item) => item.eventCode === eventCode)[count - 1]);
  return {
    url,
    clock,
    notifications,
    receiver,
    call: (path, body, headers) => call(url, path, body, headers),
    pay: (token, more, headers) => call(url, 'payments', paymentBy(token, more), headers),
    control: (method, path, body) => control(url, method, path, body),
    itemsAbout,
    arrived,
    async settled(eventCode, psp) {
      await clock.awaited();
      clock.advance(settleMs);
      return arrived(eventCode, psp);
    },
    async close() {
      await running.close();
      await stop(server);
    },
  };
}

export function paymentBy(token: string, more: Body = {}): Body {
  return {
    merchantAccount: 'SpecsCOM',
    amount: { currency: 'EUR', value: 1050 },
    reference: `order-${token}`,
    paymentMethod: { type: 'scheme', storedPaymentMethodId: token },
    shopperReference: 'sandbox',
    returnUrl: 'https://shop.test/back?order=7',
    metadata: { transaction_id: token },
    ...more,
  };
}

/** The pspReference of an answer. */
export function pspOf({ body }: AdyenReply): string {
  return String(body['pspReference']);
}

async function call(
  url: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<AdyenReply> {
  const response = await fetch(`${url}/v72/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'specs', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) as Body };
}

async function receive(
  notifications: NotifiedItem[][],
  answer: { status: number },
): Promise<Server> {
  const validator = new hmacValidator();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { notificationItems } = JSON.parse(Buffer.concat(chunks).toString()) as {
        notificationItems: { NotificationRequestItem: NotificationRequestItem }[];
      };
      const items = notificationItems.map(({ NotificationRequestItem: item }) => item);
      if (items.every((item) => validator.validateHMAC(item, hmacKey))) notifications.push(items);
      response.writeHead(answer.status).end('[accepted]');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function until<Value>(find: () => Value | undefined): Promise<Value> {
  const deadline = Date.now() + waitMs;
  while (Date.now() < deadline) {
    const found = find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('what was waited for did not come');
}
