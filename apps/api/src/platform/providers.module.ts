import { createProviders, type ProviderRegistry } from '@libs/providers';
import {
  Global,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Config, CONFIG, providerEnvironment } from '../config.js';
import { MetricsService } from './metrics.service.js';
import { observeCalls } from './provider-calls.js';
import { refuseUnlabelledProviders } from './provider-labels.js';
import { type Tracing, TRACING } from './tracing.js';

/** The token under which modules inject the providers. */
export const PROVIDERS = Symbol('PROVIDERS');

@Global()
@Module({
  providers: [
    {
      provide: PROVIDERS,
      inject: [CONFIG, MetricsService, TRACING],
      useFactory: (
        { PROVIDER_TIMEOUT_MS: timeoutMs, LIVEMODE: livemode }: Config,
        metrics: MetricsService,
        tracing: Tracing | undefined,
      ) => {
        const observe = observeCalls(metrics, tracing);
        return createProviders(providerEnvironment(), { timeoutMs, livemode, observe });
      },
    },
  ],
  exports: [PROVIDERS],
})
export class ProvidersModule
  implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown
{
  constructor(
    @Inject(PROVIDERS) private readonly providers: ProviderRegistry,
    private readonly dataSource: DataSource,
  ) {}

  async onModuleInit(): Promise<void> {
    await refuseUnlabelledProviders(this.dataSource, this.providers);
  }

  onApplicationBootstrap(): void {
    const logger = new Logger('Providers');
    for (const { code, reason } of this.providers.off()) logger.log(`${code} is off: ${reason}`);
    this.providers.warmUp().catch((error: unknown) => {
      logger.warn(`not warmed up: ${String(error)}`);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.providers.close();
  }
}
