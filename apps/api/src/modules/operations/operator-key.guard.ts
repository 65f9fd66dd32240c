import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { InjectThrottlerStorage, type ThrottlerStorage } from '@nestjs/throttler';
import { ApiError } from '../../errors/api-error.js';
import { type ApiRequest, originOf } from '../../http/request.js';
import { bearerToken } from '../partners/index.js';
import { OperatorDirectory } from './operator-directory.service.js';

const windowMs = 60_000;
const failuresPerMinute = 60;

/** Lets operators in by their own keys. Every wrong key gets one and the same answer. */
@Injectable()
export class OperatorKeyGuard implements CanActivate {
  constructor(
    private readonly directory: OperatorDirectory,
    @InjectThrottlerStorage() private readonly failures: ThrottlerStorage,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const identity = await this.directory.authenticate(bearerToken(request));
    if (!identity) return this.refuse(request.ip);
    request.operator = { ...identity, ...originOf(request) };
    const scope = request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write';
    if (!identity.scopes.includes(scope)) {
      throw new ApiError('forbidden', { detail: `This needs a key with the scope \`${scope}\`.` });
    }
    return true;
  }

  private async refuse(address: string): Promise<never> {
    const { isBlocked, timeToExpire } = await this.failures.increment(
      `operator-failures:${address}`,
      windowMs,
      failuresPerMinute,
      windowMs,
      'operator-failures',
    );
    if (!isBlocked) throw new ApiError('unauthorized');
    throw new ApiError('rate_limit_exceeded', { retryAfterSeconds: timeToExpire });
  }
}
