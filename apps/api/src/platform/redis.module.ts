import { Module } from '@nestjs/common';
import { type Config, CONFIG } from '../config.js';
import { RedisLink } from './redis-link.js';

/** The one connection to Redis of the process. */
@Module({
  providers: [
    {
      provide: RedisLink,
      inject: [CONFIG],
      useFactory: (config: Config) => RedisLink.open(config.REDIS_URL),
    },
  ],
  exports: [RedisLink],
})
export class RedisModule {}
