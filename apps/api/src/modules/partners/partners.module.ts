import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type Config, CONFIG } from '../../config.js';
import { RedisLink } from '../../platform/redis-link.js';
import { RedisModule } from '../../platform/redis.module.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { MemoryThrottlerStorage } from './memory-throttler.storage.js';
import { PartnerApiKey } from './partner-api-key.entity.js';
import { PartnerDirectory } from './partner-directory.service.js';
import { PartnerEntrance } from './partner-entrance.service.js';
import { Partner } from './partner.entity.js';
import { PartnersController } from './partners.controller.js';
import { PartnersRepository } from './partners.repository.js';
import { PartnersService } from './partners.service.js';
import { RotationsService } from './rotations.service.js';
import { RedisThrottlerStorage } from './redis-throttler.storage.js';
import { RequestLimits } from './request-limits.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Partner, PartnerApiKey]),
    ThrottlerModule.forRootAsync({
      imports: [RedisModule],
      inject: [CONFIG, RedisLink],
      useFactory: (config: Config, redis: RedisLink) => ({
        throttlers: [],
        storage: storageOf(config, redis),
      }),
    }),
  ],
  controllers: [PartnersController],
  providers: [
    PartnersService,
    PartnersRepository,
    RotationsService,
    PartnerDirectory,
    PartnerEntrance,
    RequestLimits,
    ApiKeyGuard,
  ],
  exports: [PartnerEntrance, RequestLimits, ApiKeyGuard],
})
export class PartnersModule {}

function storageOf({ API_PROCESSES: starts, WEB_CONCURRENCY: each }: Config, redis: RedisLink) {
  const ownShare = new MemoryThrottlerStorage(starts * each);
  return redis.isConfigured ? new RedisThrottlerStorage(redis, ownShare) : ownShare;
}
