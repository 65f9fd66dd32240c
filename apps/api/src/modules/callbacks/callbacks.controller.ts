import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../http/access.decorator.js';
import type { ApiRequest } from '../../http/request.js';
import { CallbacksService } from './callbacks.service.js';

/** Where payment providers report. They prove themselves by signature, not by key. */
@ApiExcludeController()
@Public()
@Controller('webhooks')
export class CallbacksController {
  constructor(private readonly callbacks: CallbacksService) {}

  @Post([':provider', ':provider/:account'])
  @HttpCode(200)
  async receive(
    @Param('provider') provider: string,
    @Param('account') account: string | undefined,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | { received: true }> {
    const { headers, rawBody = Buffer.alloc(0) } = request;
    const answer = await this.callbacks.receive(provider, account ?? 'default', headers, rawBody);
    if (answer === undefined) return { received: true };
    void reply.type('text/plain; charset=utf-8');
    return answer;
  }
}
