import { signWebhook } from '@libs/webhooks';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Agent } from 'undici';
import { isPublicAddress } from '../../platform/public-address.js';
import { findUrlRefusal } from '../../platform/webhook-url.js';
import type { DeliveryOutcome } from './delivery-outcome.js';
import { openGuardedAgent } from './guarded-agent.js';
import { askDns, askSystem, type FindAddresses } from './host-addresses.js';
import { WebhookExchange } from './webhook-exchange.js';

const userAgent = 'payment-orchestration-webhooks/1';
const mostOrigins = 256;

/** One attempt at one webhook. */
export interface OutgoingWebhook {
  url: string;
  /** The same in every attempt. */
  id: string;
  /** JSON, sent and signed as it is. */
  body: string;
  /** One, or two during a rotation. */
  secrets: readonly string[];
  /** Of this attempt: whole seconds since 1970. */
  timestamp: number;
}

export interface SenderOptions {
  /** For one attempt as a whole. */
  timeoutMs: number;
  /** Also http, any port and private addresses. */
  allowPrivate: boolean;
  /** Else what is private, unless that is allowed. */
  isRefused?: (address: string) => boolean;
  /** Else DNS, or the system when private addresses are allowed. */
  findAddresses?: FindAddresses;
  /** Else the authorities that Node trusts. */
  ca?: string;
}

/** Sends webhooks to wherever partners say, as long as that is on the internet. Follows no redirect. */
export class WebhookSender implements OnApplicationShutdown {
  private agent: Promise<Agent> | undefined;
  private readonly origins = new Set<string>();

  constructor(private readonly options: SenderOptions) {}

  /**
   * Waits for the whole answer, and never longer than the timeout.
   *
   * @throws InvalidWebhookSecretError before anything is sent
   */
  async send(webhook: OutgoingWebhook): Promise<DeliveryOutcome> {
    const refusal = findUrlRefusal(webhook.url, this.options.allowPrivate);
    if (refusal) {
      const reason = refusal.code === 'address_not_public' ? 'address_refused' : 'url_refused';
      return { kind: 'failed', reason, durationMs: 0 };
    }
    const { origin, pathname, search } = new URL(webhook.url);
    const headers = headersOf(webhook);
    const agent = await this.agentFor(origin);
    return new Promise((resolve, reject) => {
      const exchange = new WebhookExchange(this.options.timeoutMs, resolve, reject);
      const path = `${pathname}${search}`;
      agent.dispatch({ origin, path, method: 'POST', headers, body: webhook.body }, exchange);
    });
  }

  /** Lets what is under way finish. */
  async onApplicationShutdown(): Promise<void> {
    const agent = this.agent;
    this.agent = undefined;
    await (await agent)?.close();
  }

  /** undici forgets no origin that it was once asked for; so it is replaced when it knows many. */
  private agentFor(origin: string): Promise<Agent> {
    if (this.origins.size >= mostOrigins && !this.origins.has(origin)) {
      void this.onApplicationShutdown();
      this.origins.clear();
    }
    this.origins.add(origin);
    return (this.agent ??= this.openAgent());
  }

  private openAgent(): Promise<Agent> {
    const { timeoutMs: connectTimeoutMs, allowPrivate, ca } = this.options;
    const {
      isRefused = (address) => !allowPrivate && !isPublicAddress(address),
      findAddresses = allowPrivate ? askSystem : askDns(),
    } = this.options;
    return openGuardedAgent({ isRefused, findAddresses, connectTimeoutMs, ca });
  }
}

/** The headers that are no secret: a signature would let its reader repeat the webhook. */
export function openHeadersOf({
  id,
  timestamp,
}: Pick<OutgoingWebhook, 'id' | 'timestamp'>): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': userAgent,
    'accept-encoding': 'identity',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
  };
}

function headersOf(webhook: OutgoingWebhook): Record<string, string> {
  return {
    ...openHeadersOf(webhook),
    'webhook-signature': signWebhook(webhook, webhook.secrets),
  };
}
