import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { ApiRequest } from '../../http/request.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { MemoryThrottlerStorage } from './memory-throttler.storage.js';
import { PartnerApiKey } from './partner-api-key.entity.js';
import { PartnerDirectory } from './partner-directory.service.js';
import { PartnerThrottlerGuard } from './partner-throttler.guard.js';
import { Partner } from './partner.entity.js';
import { PartnersController } from './partners.controller.js';
import { PartnersRepository } from './partners.repository.js';
import { PartnersService } from './partners.service.js';
import { RotationsService } from './rotations.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Partner, PartnerApiKey]),
    ThrottlerModule.forRoot({
      storage: new MemoryThrottlerStorage(),
      throttlers: [
        {
          name: 'partner',
          ttl: 60_000,
          limit: (context) =>
            context.switchToHttp().getRequest<ApiRequest>().caller?.rateLimitPerMinute ?? 0,
        },
      ],
    }),
  ],
  controllers: [PartnersController],
  providers: [
    PartnersService,
    PartnersRepository,
    RotationsService,
    PartnerDirectory,
    ApiKeyGuard,
    PartnerThrottlerGuard,
  ],
  exports: [ApiKeyGuard, PartnerThrottlerGuard, ThrottlerModule],
})
export class PartnersModule {}
