import { createProviders, type ProviderRegistry } from '@libs/providers';
import {
  Global,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type Config, CONFIG, providerEnvironment } from '../config.js';

/** The token under which modules inject the providers. */
export const PROVIDERS = Symbol('PROVIDERS');

@Global()
@Module({
  providers: [
    {
      provide: PROVIDERS,
      inject: [CONFIG],
      useFactory: (config: Config) =>
        createProviders(providerEnvironment(), { timeoutMs: config.PROVIDER_TIMEOUT_MS }),
    },
  ],
  exports: [PROVIDERS],
})
export class ProvidersModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(PROVIDERS) private readonly providers: ProviderRegistry) {}

  onApplicationBootstrap(): void {
    this.providers.warmUp().catch((error: unknown) => {
      new Logger('Providers').warn(`not warmed up: ${String(error)}`);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.providers.close();
  }
}
