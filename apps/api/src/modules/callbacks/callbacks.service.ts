import type { IncomingHttpHeaders } from 'node:http';
import { InvalidWebhookError, type ProviderFact, type ProviderRegistry } from '@libs/providers';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { failpoint } from '../../failpoints.js';
import { ApiError } from '../../errors/api-error.js';
import { PROVIDERS } from '../../platform/providers.module.js';
import { ProviderWebhooksRepository } from './provider-webhooks.repository.js';

/** Takes providers' webhooks in: verify, store, answer. What they mean is applied later. */
@Injectable()
export class CallbacksService {
  constructor(
    @Inject(PROVIDERS) private readonly providers: ProviderRegistry,
    private readonly webhooks: ProviderWebhooksRepository,
  ) {}

  /** @throws ApiError for an unknown provider or a signature that does not verify */
  async receive(
    code: string,
    account: string,
    headers: IncomingHttpHeaders,
    rawBody: Buffer,
  ): Promise<void> {
    const listed = this.providers.find(code, account);
    if (!listed) throw new ApiError('provider_not_found');
    const facts = await this.verify(listed.provider, headers, rawBody);
    const raw = rawBody.toString('utf8');
    for (const fact of facts) {
      failpoint('webhook.before_store');
      await this.webhooks.insert(uuidv7(), listed.code, account, { raw, fact });
      failpoint('webhook.after_store');
    }
  }

  private async verify(
    provider: ReturnType<ProviderRegistry['get']>,
    headers: IncomingHttpHeaders,
    rawBody: Buffer,
  ): Promise<ProviderFact[]> {
    const flat = Object.entries(headers).map(([name, value]) => [name, value?.toString()]);
    try {
      return await provider.parseWebhook(Object.fromEntries(flat), rawBody);
    } catch (error) {
      if (!(error instanceof InvalidWebhookError)) throw error;
      throw new ApiError('webhook_signature_invalid');
    }
  }
}
