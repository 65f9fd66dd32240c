import type { IncomingHttpHeaders } from 'node:http';
import {
  InvalidWebhookError,
  type ProviderAccount,
  ProviderError,
  type ProviderFact,
  type ProviderRegistry,
} from '@libs/providers';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { ApiError } from '../../errors/api-error.js';
import { MetricsService } from '../../platform/metrics.service.js';
import { PROVIDERS } from '../../platform/providers.module.js';
import { ProviderWebhooksRepository } from './provider-webhooks.repository.js';

/** Providers are answered within 50 ms. */
const longestVerificationMs = 40;

/** Takes providers' webhooks in: verify, store, answer. What they mean is applied later. */
@Injectable()
export class CallbacksService {
  private readonly logger = new Logger('Callbacks');

  constructor(
    @Inject(PROVIDERS) private readonly providers: ProviderRegistry,
    private readonly webhooks: ProviderWebhooksRepository,
    private readonly metrics: MetricsService,
  ) {}

  /**
   * A webhook whose key is still being fetched is asked for again, and stored all the same once it is verified: nothing
   * then waits for the provider to repeat it.
   *
   * @returns the body of the answer, where the provider asks for one
   * @throws ApiError for an unknown provider, or a signature that is wrong or can't be verified now
   */
  async receive(
    code: string,
    account: string,
    headers: IncomingHttpHeaders,
    rawBody: Buffer,
  ): Promise<string | undefined> {
    const listed = this.providers.find(code, account);
    if (!listed) throw new ApiError('provider_not_found');
    const verified = this.verify(listed, headers, rawBody);
    const facts = await inTime(verified);
    if (!facts) {
      verified
        .then((late) => this.store(listed, rawBody, late))
        .catch((error: unknown) => {
          this.logger.warn(`a webhook of ${code} was not stored late: ${String(error)}`);
        });
      throw notNow();
    }
    await this.store(listed, rawBody, facts);
    return listed.webhookAnswer;
  }

  private async store(
    listed: ProviderAccount,
    rawBody: Buffer,
    facts: readonly ProviderFact[],
  ): Promise<void> {
    await failpoint('webhook.before_store');
    if (facts.length > 0) await this.webhooks.insert(listed, rawBody, facts);
    await failpoint('webhook.after_store');
    this.metrics.webhooksReceived.inc({ provider: listed.code, result: 'accepted' });
  }

  private async verify(
    { code, provider }: ProviderAccount,
    headers: IncomingHttpHeaders,
    rawBody: Buffer,
  ): Promise<ProviderFact[]> {
    const flat = Object.entries(headers).map(([name, value]) => [name, value?.toString()]);
    try {
      return await provider.parseWebhook(Object.fromEntries(flat), rawBody);
    } catch (error) {
      if (error instanceof InvalidWebhookError) {
        this.metrics.webhooksReceived.inc({ provider: code, result: 'refused' });
        throw new ApiError('webhook_signature_invalid');
      }
      if (!(error instanceof ProviderError)) throw error;
      this.metrics.webhooksReceived.inc({ provider: code, result: 'unverified' });
      this.logger.warn(`a webhook of ${code} can't be verified now: ${error.message}`);
      throw notNow();
    }
  }
}

function notNow(): ApiError {
  return new ApiError('service_unavailable', { retryAfterSeconds: 5 });
}

/** @returns `undefined` when it takes longer than the provider is to wait */
async function inTime<Value>(coming: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, longestVerificationMs, undefined);
  });
  return Promise.race([coming, limit]).finally(() => clearTimeout(timer));
}
