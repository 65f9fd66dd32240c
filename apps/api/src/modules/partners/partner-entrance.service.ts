import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Entrance } from '../../http/entrance.js';
import { type ApiRequest, originOf } from '../../http/request.js';
import { PartnerDirectory } from './partner-directory.service.js';
import { RequestLimits } from './request-limits.service.js';

/** Finds the partner of a key and takes the request out of the partner's budget. */
@Injectable()
export class PartnerEntrance implements Entrance {
  constructor(
    private readonly directory: PartnerDirectory,
    private readonly limits: RequestLimits,
  ) {}

  async admit(request: ApiRequest, reply: FastifyReply): Promise<void> {
    const identity = await this.directory.authenticate(bearerToken(request));
    if (!identity) return this.limits.refuse(reply, request.ip);
    request.caller = { ...identity, ...originOf(request) };
    const { partnerId, rateLimitPerMinute } = identity;
    await this.limits.count(reply, 'partner', partnerId, rateLimitPerMinute);
  }
}

export function bearerToken(request: FastifyRequest): string {
  return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
}
