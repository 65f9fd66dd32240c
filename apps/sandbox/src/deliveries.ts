import http from 'node:http';
import https from 'node:https';
import type { Clock } from './clock.js';
import type { Identifiers } from './identifiers.js';
import type { Journal } from './journal.js';
import { Table } from './table.js';

/** One webhook on its way to the receiver, or past it. */
export interface Delivery {
  readonly id: string;
  readonly provider: string;
  /** Which of the provider's accounts tells; absent: the default one. */
  readonly account?: string;
  readonly type: string;
  readonly objectId: string;
  readonly createdAt: number;
  readonly status: 'pending' | 'delivered' | 'given_up' | 'discarded';
  readonly attempts: number;
  readonly lastHttpStatus?: number;
  /** How many times the receiver must take it: more than once under a script. */
  readonly copies: number;
  /** Dropped once it is over. */
  readonly payload?: string;
}

/** Where a provider's webhooks go, and how they are signed at the time of sending. */
export interface Channel {
  url: string;
  headers(payload: string, nowMs: number): Record<string, string>;
}

/** A webhook as it goes over the wire. */
export interface Letter {
  url: string;
  headers: Record<string, string>;
  payload: string;
}

export type NewDelivery = Pick<Delivery, 'id' | 'provider' | 'account' | 'type' | 'objectId'> & {
  payload: string;
  copies?: number;
  delayMs?: number;
};

const retryDelaysMs = [500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000];
const timeoutMs = 10_000;
const loggedDeliveries = 10_000;

/** Sends webhooks, again until they are taken, and remembers what became of them. */
export class Deliveries {
  private readonly table: Table<Delivery>;
  private readonly channels = new Map<string, Channel>();
  private readonly agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: 32 }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: 32 }),
  };
  private readonly delivered: string[] = [];
  /** Those whose time came while nothing was to leave; absent while webhooks flow. */
  private held: Set<string> | undefined;

  constructor(
    private readonly clock: Clock,
    journal: Journal,
    identifiers: Identifiers,
  ) {
    this.table = new Table<Delivery>(journal, 'delivery', ({ id }) => identifiers.resumeAfter(id));
  }

  open(provider: string, channel: Channel, account?: string): void {
    this.channels.set(channelName(provider, account), channel);
  }

  /** Whether anyone listens to this provider's webhooks. */
  isOpen(provider: string, account?: string): boolean {
    return this.channels.has(channelName(provider, account));
  }

  enqueue({ delayMs = 0, copies = 1, ...fields }: NewDelivery): void {
    const delivery = this.register(fields, copies);
    this.clock.after(delayMs, () => void this.attempt(delivery.id));
  }

  /** Makes the first attempt and waits for its end; what fails is retried like any other. */
  async deliverNow({ delayMs: _delayMs, copies = 1, ...fields }: NewDelivery): Promise<void> {
    await this.attempt(this.register(fields, copies).id);
  }

  resume(): void {
    for (const delivery of this.table.values()) {
      if (delivery.status === 'pending') this.clock.after(0, () => void this.attempt(delivery.id));
    }
  }

  /** Lets nothing leave until `release`. What is under way arrives. */
  hold(): void {
    this.held ??= new Set();
  }

  release(): void {
    const due = this.held ?? [];
    this.held = undefined;
    for (const id of due) this.clock.after(0, () => void this.attempt(id));
  }

  /** Gives up all that has not arrived. */
  discardPending(): void {
    for (const delivery of this.list()) {
      if (delivery.status === 'pending') this.finish(delivery, 'discarded');
    }
  }

  /** What would leave now, signed now; `undefined` when it is over. */
  letter({ provider, account, payload }: Delivery): Letter | undefined {
    const channel = this.channels.get(channelName(provider, account));
    if (!channel || payload === undefined) return undefined;
    const headers = channel.headers(payload, this.clock.now());
    const contentType = { 'content-type': 'application/json; charset=utf-8' };
    return { url: channel.url, headers: { ...headers, ...contentType }, payload };
  }

  list(): Delivery[] {
    return [...this.table.values()];
  }

  stop(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  private register(fields: Omit<NewDelivery, 'copies' | 'delayMs'>, copies: number): Delivery {
    const createdAt = this.clock.now();
    return this.table.put({ ...fields, createdAt, status: 'pending', attempts: 0, copies });
  }

  private async attempt(id: string): Promise<void> {
    if (this.held) return void this.held.add(id);
    const delivery = this.table.get(id);
    const letter = delivery && this.letter(delivery);
    if (!letter) return;
    const lastHttpStatus = await this.post(letter);
    // The state may have been wiped meanwhile.
    if (this.table.get(id) !== delivery) return;
    const attempts = delivery.attempts + 1;
    if (lastHttpStatus !== undefined && lastHttpStatus >= 200 && lastHttpStatus < 300) {
      const copies = delivery.copies - 1;
      if (copies === 0) return this.finish({ ...delivery, attempts, lastHttpStatus }, 'delivered');
      this.table.put({ ...delivery, attempts, copies, lastHttpStatus });
      return this.attempt(id);
    }
    const delayMs = retryDelaysMs[attempts - 1];
    if (delayMs === undefined) {
      return this.finish({ ...delivery, attempts, lastHttpStatus }, 'given_up');
    }
    this.table.put({ ...delivery, attempts, lastHttpStatus });
    this.clock.after(delayMs, () => void this.attempt(id));
  }

  private finish({ payload: _payload, ...delivery }: Delivery, status: Delivery['status']): void {
    this.table.put({ ...delivery, status });
    this.delivered.push(delivery.id);
    if (this.delivered.length > loggedDeliveries)
      this.table.forget(this.delivered.shift() as string);
  }

  private post(letter: Letter): Promise<number | undefined> {
    const url = new URL(letter.url);
    const { payload } = letter;
    const secure = url.protocol === 'https:';
    const headers = { ...letter.headers, 'content-length': Buffer.byteLength(payload) };
    const agent = this.agents[secure ? 'https:' : 'http:'];
    return new Promise((resolve) => {
      const request = (secure ? https : http).request(
        url,
        { method: 'POST', headers, agent, timeout: timeoutMs },
        (response) => {
          response.resume();
          response.once('close', () => resolve(response.statusCode));
        },
      );
      request.once('timeout', () => request.destroy());
      request.once('error', () => resolve(undefined));
      request.end(payload);
    });
  }
}

function channelName(provider: string, account = 'default'): string {
  return `${provider}/${account}`;
}
