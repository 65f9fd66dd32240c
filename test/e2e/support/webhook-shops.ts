import type { ServerResponse } from 'node:http';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import type { List } from '../../factories/payments.js';
import { findWebhookFaults } from '../../support/answer-check.js';
import { queryOnce } from '../../support/databases.js';
import { type Answer, call } from '../../support/http.js';
import type { TestSystem } from '../../support/system.js';
import {
  type ReceivedWebhook,
  startReceiver,
  type WebhookReceiver,
} from '../../support/webhook-receiver.js';
import { makePartner, type PartnerAccount } from './operations.js';
import { until } from './until.js';

export interface Delivery {
  id: string;
  type: string;
  status: string;
  transaction_id: string;
  attempt_count: number;
  next_attempt_at: string | null;
}

export interface WebhookAttempt {
  number: number;
  http_status: number | null;
  failure_reason: string | null;
  answer: string | null;
  request_headers: Record<string, string>;
}

/** The body of a webhook. */
export interface WebhookEvent {
  id: string;
  type: string;
  sequence: number;
  data: { object: Record<string, unknown>; previous_status: string | null };
}

const multiply = `
WITH t AS (
  UPDATE transactions SET last_sequence = last_sequence + $2::int WHERE id = $1 RETURNING *
), e AS (
  INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, created_by)
  SELECT t.id, t.partner_id, t.last_sequence - $2::int + n, 'webhook_received', 'system'
  FROM t, generate_series(1, $2::int) AS n
  RETURNING *
)
INSERT INTO webhook_deliveries (partner_id, transaction_id, event_id, event_created_at, type,
  next_attempt_at)
SELECT partner_id, transaction_id, id, created_at, 'transaction.created', now() - interval '1 hour'
FROM e`;

const retryNow = `
UPDATE webhook_deliveries SET next_attempt_at = now() WHERE partner_id = $1 AND status = 'pending'`;

const untried = `
SELECT count(*)::int AS untried FROM webhook_deliveries WHERE partner_id = $1 AND attempt_count = 0`;

const lastAttemptNow = `
UPDATE webhook_deliveries SET attempt_count = 9, next_attempt_at = now() WHERE id = $1`;

const changes = `
SELECT actor_type, resource_type, changes -> 'after' AS after FROM audit_logs
WHERE partner_id = $1 AND action = 'update'`;

/** Partners whose servers are one receiver, each at a path of its own. */
export class WebhookShops {
  /** What each path answers; 200 unless given. */
  readonly answers = new Map<string, (response: ServerResponse) => void>();
  private receiver: WebhookReceiver | undefined;

  constructor(private readonly system: TestSystem) {}

  async start(): Promise<void> {
    this.receiver = await startReceiver((response, webhook) => {
      const answer = this.answers.get(webhook.url);
      if (answer) answer(response);
      else response.end('thanks');
    });
  }

  async stop(): Promise<void> {
    await this.receiver?.stop();
  }

  urlOf(path: string): string {
    return `http://127.0.0.1:${this.receiver?.port}${path}`;
  }

  subscribe(path: string): Promise<PartnerAccount> {
    return makePartner(this.system, { webhook_url: this.urlOf(path) });
  }

  receivedAt(path: string): ReceivedWebhook[] {
    return this.receiver?.received.filter(({ url }) => url === path) ?? [];
  }

  arrive(path: string, count: number): Promise<ReceivedWebhook[]> {
    const ask = () => Promise.resolve(this.receivedAt(path));
    return until(`${count} webhooks at ${path}`, ask, ({ length }) => length >= count);
  }

  async get<Body>(shop: PartnerAccount, path: string): Promise<Body> {
    return (await call<Body>(this.system, 'GET', path, { key: shop.api_key })).body;
  }

  post<Body>(shop: PartnerAccount, path: string): Promise<Answer<Body>> {
    return call<Body>(this.system, 'POST', path, { key: shop.api_key });
  }

  async list(shop: PartnerAccount, query = ''): Promise<Delivery[]> {
    return (await this.get<List<Delivery>>(shop, `/v1/webhook-deliveries${query}`)).data;
  }

  /** Waits for that many deliveries, or more, all of them in one status. */
  settle(shop: PartnerAccount, status: string, least = 2): Promise<Delivery[]> {
    const isSettled = (all: Delivery[]) =>
      all.length >= least && all.every((each) => each.status === status);
    return until(`all ${status}`, () => this.list(shop), isSettled);
  }

  async attempts(shop: PartnerAccount, id: string): Promise<WebhookAttempt[]> {
    const path = `/v1/webhook-deliveries/${id}`;
    return (await this.get<{ attempts: WebhookAttempt[] }>(shop, path)).attempts;
  }

  /** What the audit log says was changed. */
  changes(shop: PartnerAccount): Promise<object[]> {
    return queryOnce(this.system.database.admin, changes, [shop.id]);
  }

  async retryNow(shop: PartnerAccount): Promise<void> {
    await queryOnce(this.system.database.admin, retryNow, [shop.id]);
  }

  /** How many of the shop's webhooks were never tried. */
  async countUntried(shop: PartnerAccount): Promise<number> {
    const [row] = await queryOnce<{ untried: number }>(this.system.database.admin, untried, [
      shop.id,
    ]);
    return row?.untried ?? 0;
  }

  /** The next attempt is the last one, and due. */
  async beginLastAttempt(id: string): Promise<void> {
    await queryOnce(this.system.database.admin, lastAttemptNow, [id]);
  }

  /** Owes so many more webhooks, long due, of one payment. */
  async owe(transactionId: string, count: number): Promise<void> {
    const client = new pg.Client({ connectionString: this.system.database.admin });
    await client.connect();
    try {
      await client.query('SET session_replication_role = replica');
      await client.query(multiply, [transactionId, count]);
    } finally {
      await client.end();
    }
  }
}

/** What a webhook says, to one who has the secret. Fails when it is not as documented. */
export function openWebhook({ body, headers }: ReceivedWebhook, secret: string): WebhookEvent {
  const event = new Webhook(secret).verify(body, headers as Record<string, string>) as WebhookEvent;
  const faults = findWebhookFaults(event.type, event);
  if (faults.length > 0) throw new Error(`${body}\n${faults.join('\n')}`);
  return event;
}

/** How long each took from its event, which is before the commit, to the partner's server. */
export function delaysOf(received: ReceivedWebhook[]): number[] {
  return received.map(({ body, arrivedAtMs }) => {
    const { timestamp } = JSON.parse(body) as { timestamp: string };
    return arrivedAtMs - Date.parse(timestamp);
  });
}
