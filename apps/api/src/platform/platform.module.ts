import type { DynamicModule, ModuleMetadata } from '@nestjs/common';
import { type Config, CONFIG } from '../config.js';
import { RedisOrMemoryCacheModule } from './cache.module.js';
import { DatabaseModule } from './database.module.js';
import type { DatabaseLogin } from './login-check.js';
import { EncryptionModule } from './encryption.module.js';
import { MetricsModule } from './metrics.module.js';
import { PagesModule } from './pages.module.js';
import { ProvidersModule } from './providers.module.js';
import { TracingModule } from './tracing.module.js';

class ConfigModule {}

/** What every module stands on: configuration, database, cache, providers, metrics, tracing. */
export function platformModules(
  config: Config,
  login: DatabaseLogin,
): NonNullable<ModuleMetadata['imports']> {
  const configModule: DynamicModule = {
    module: ConfigModule,
    global: true,
    providers: [{ provide: CONFIG, useValue: config }],
    exports: [CONFIG],
  };
  return [
    configModule,
    TracingModule.forProcess(login),
    DatabaseModule.forProcess(login),
    RedisOrMemoryCacheModule,
    ProvidersModule,
    PagesModule,
    EncryptionModule,
    MetricsModule,
  ];
}
