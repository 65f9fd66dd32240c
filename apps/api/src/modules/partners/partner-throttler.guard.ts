import { Injectable } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply } from 'fastify';
import { ApiError } from '../../errors/api-error.js';
import type { ApiRequest } from '../../http/request.js';

/** One budget of requests a minute for each partner, over all routes and keys. */
@Injectable()
export class PartnerThrottlerGuard extends ThrottlerGuard {
  protected override async handleRequest(limited: ThrottlerRequest): Promise<boolean> {
    const http = limited.context.switchToHttp();
    const { caller } = http.getRequest<ApiRequest>();
    if (!caller) return true;
    const { limit, ttl } = limited;
    const { totalHits, timeToExpire, isBlocked } = await this.storageService.increment(
      `partner:${caller.partnerId}`,
      ttl,
      limit,
      ttl,
      'partner',
    );
    const left = Math.max(0, limit - totalHits);
    void http
      .getResponse<FastifyReply>()
      .header('ratelimit-policy', `"partner";q=${limit};w=${ttl / 1000}`)
      .header('ratelimit', `"partner";r=${left};t=${timeToExpire}`);
    if (isBlocked) throw new ApiError('rate_limit_exceeded', { retryAfterSeconds: timeToExpire });
    return true;
  }
}
