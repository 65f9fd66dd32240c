import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiError } from '../../errors/api-error.js';
import { type ApiRequest, originOf } from '../../http/request.js';
import { accessOf } from '../../http/access.decorator.js';
import { PartnerDirectory } from './partner-directory.service.js';
import { WindowCounter } from './window-counter.js';

const windowMs = 60_000;
const failuresPerMinute = 60;

/** Lets partners in by their API key. Every wrong key gets one and the same answer. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly failures = new WindowCounter(windowMs);

  constructor(private readonly directory: PartnerDirectory) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (accessOf(context) !== 'partner') return true;
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const identity = await this.directory.authenticate(bearerToken(request));
    if (!identity) return this.refuse(request.ip);
    request.caller = { ...identity, ...originOf(request) };
    const scope = request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write';
    if (!identity.scopes.includes(scope)) {
      throw new ApiError('forbidden', { detail: `This needs a key with the scope \`${scope}\`.` });
    }
    return true;
  }

  private refuse(address: string): never {
    const { hits, resetInMs } = this.failures.hit(address);
    if (hits <= failuresPerMinute) throw new ApiError('unauthorized');
    throw new ApiError('rate_limit_exceeded', { retryAfterSeconds: Math.ceil(resetInMs / 1000) });
  }
}

export function bearerToken(request: FastifyRequest): string {
  return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
}
