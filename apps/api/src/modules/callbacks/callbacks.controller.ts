import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
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
  ): Promise<{ received: true }> {
    const { headers, rawBody = Buffer.alloc(0) } = request;
    await this.callbacks.receive(provider, account ?? 'default', headers, rawBody);
    return { received: true };
  }
}
