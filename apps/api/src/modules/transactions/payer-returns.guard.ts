import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { normalizeIp } from '@nestjs/throttler';
import { ApiError } from '../../errors/api-error.js';
import type { ApiRequest } from '../../http/request.js';
import { WindowCounter } from '../partners/index.js';

const windowMs = 60_000;
const returnsPerMinute = 120;

/** Keeps one address from asking providers again and again. */
@Injectable()
export class PayerReturnsGuard implements CanActivate {
  private readonly returns = new WindowCounter(windowMs);

  canActivate(context: ExecutionContext): boolean {
    const { ip } = context.switchToHttp().getRequest<ApiRequest>();
    const { hits, resetInMs } = this.returns.hit(normalizeIp(ip));
    if (hits <= returnsPerMinute) return true;
    const retryAfterSeconds = Math.ceil(resetInMs / 1000);
    throw new ApiError('rate_limit_exceeded', { retryAfterSeconds });
  }
}
