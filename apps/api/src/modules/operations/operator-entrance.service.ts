import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Config, CONFIG } from '../../config.js';
import type { Entrance } from '../../http/entrance.js';
import { type ApiRequest, originOf } from '../../http/request.js';
import { bearerToken, RequestLimits } from '../partners/index.js';
import { OperatorDirectory } from './operator-directory.service.js';

/** Finds the operator of a key and takes the request out of the operator's budget. */
@Injectable()
export class OperatorEntrance implements Entrance {
  constructor(
    private readonly directory: OperatorDirectory,
    private readonly limits: RequestLimits,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async admit(request: ApiRequest, reply: FastifyReply): Promise<void> {
    const identity = await this.directory.authenticate(bearerToken(request));
    if (!identity) return this.limits.refuse(reply, request.ip);
    request.operator = { ...identity, ...originOf(request) };
    const { OPERATOR_RATE_LIMIT_PER_MINUTE: limit } = this.config;
    await this.limits.count(reply, 'operator', identity.name, limit);
  }
}
