import { Injectable } from '@nestjs/common';
import { InjectThrottlerStorage, normalizeIp, type ThrottlerStorage } from '@nestjs/throttler';
import type { FastifyReply } from 'fastify';
import { ApiError } from '../../errors/api-error.js';
import { MetricsService } from '../../platform/metrics.service.js';
import { WindowCounter } from './window-counter.js';

const windowMs = 60_000;
const failuresPerMinute = 60;

/** Counts requests against the budgets of a minute, and tells them with every answer. */
@Injectable()
export class RequestLimits {
  private readonly failures = new WindowCounter(windowMs);

  constructor(
    @InjectThrottlerStorage() private readonly storage: ThrottlerStorage,
    private readonly metrics: MetricsService,
  ) {}

  /**
   * Counts a request of a caller that is known.
   *
   * @throws ApiError `rate_limit_exceeded` beyond the limit
   */
  async count(reply: FastifyReply, policy: string, caller: string, limit: number): Promise<void> {
    const key = `${policy}:${caller}`;
    const hit = await this.storage.increment(key, windowMs, limit, windowMs, policy);
    tellLimit(reply, policy, limit, limit - hit.totalHits, hit.timeToExpire);
    if (hit.isBlocked) throw this.exceeded(policy, hit.timeToExpire);
  }

  /**
   * Refuses a caller that is not known. Each process counts those for itself: they cost nobody else.
   *
   * @throws ApiError `unauthorized`, or `rate_limit_exceeded` when its network tried too often
   */
  refuse(reply: FastifyReply, address: string): never {
    const { hits, resetInMs } = this.failures.hit(normalizeIp(address));
    const seconds = Math.ceil(resetInMs / 1000);
    tellLimit(reply, 'attempts', failuresPerMinute, failuresPerMinute - hits, seconds);
    throw hits > failuresPerMinute
      ? this.exceeded('attempts', seconds)
      : new ApiError('unauthorized');
  }

  private exceeded(policy: string, retryAfterSeconds: number): ApiError {
    this.metrics.rateLimitRefusals.inc({ policy });
    return new ApiError('rate_limit_exceeded', { retryAfterSeconds });
  }
}

/** The header fields of draft-ietf-httpapi-ratelimit-headers-10. */
function tellLimit(
  reply: FastifyReply,
  policy: string,
  limit: number,
  left: number,
  seconds: number,
): void {
  void reply.headers({
    'ratelimit-policy': `"${policy}";q=${limit};w=${windowMs / 1000}`,
    ratelimit: `"${policy}";r=${Math.max(0, left)};t=${seconds}`,
  });
}
