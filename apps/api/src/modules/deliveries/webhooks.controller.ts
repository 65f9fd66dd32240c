import { Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refuses } from '../../errors/refuses.decorator.js';
import { Audited } from '../../http/audited.decorator.js';
import { type Caller, CurrentPartner } from '../../http/request.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import {
  WebhookDeliveryDto,
  WebhookDeliveryPageDto,
  WebhookDeliveryQuery,
  WebhookDeliveryWithAttemptsDto,
} from './webhook-delivery.dto.js';
import { WebhookTestDto } from './webhook-test.dto.js';
import { WebhookTests } from './webhook-test.service.js';

@ApiTags('Webhooks')
@Controller('v1')
export class WebhooksController {
  constructor(
    private readonly deliveries: WebhookDeliveries,
    private readonly tests: WebhookTests,
  ) {}

  /**
   * List the webhooks that you are owed or were sent, newest first
   *
   * @remarks One row for each webhook, however often it was sent. The log is kept for at least 90 days.
   */
  @Get('webhook-deliveries')
  @ApiOperation({ operationId: 'listWebhookDeliveries' })
  @Audited('read', 'webhook_delivery')
  list(
    @CurrentPartner() caller: Caller,
    @Query() query: WebhookDeliveryQuery,
  ): Promise<WebhookDeliveryPageDto> {
    return this.deliveries.list(caller.partnerId, query);
  }

  /**
   * Get one webhook with all its attempts
   *
   * @remarks Shows when each attempt was made, how long it took, and what your server answered.
   */
  @Get('webhook-deliveries/:id')
  @ApiOperation({ operationId: 'getWebhookDelivery' })
  @Refuses('webhook_delivery_not_found')
  @Audited('read', 'webhook_delivery')
  show(
    @CurrentPartner() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<WebhookDeliveryWithAttemptsDto> {
    return this.deliveries.show(caller.partnerId, id);
  }

  /**
   * Send a webhook again
   *
   * @remarks It goes out at once, under the same `webhook-id`, and the answer does not wait for it. Asked for again
   * before it went out, it is sent once.
   */
  @Post('webhook-deliveries/:id/redeliver')
  @HttpCode(202)
  @ApiOperation({ operationId: 'createWebhookRedelivery' })
  @Refuses('webhook_delivery_not_found')
  @Audited('update', 'webhook_delivery')
  redeliver(
    @CurrentPartner() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<WebhookDeliveryDto> {
    return this.deliveries.redeliver(caller, id);
  }

  /**
   * Send a test webhook, and see what your server answers
   *
   * @remarks The type is `webhook.test`. It is sent once, also to a URL that was disabled, and kept nowhere.
   */
  @Post('partner/webhook/test')
  @HttpCode(200)
  @ApiOperation({ operationId: 'createWebhookTest' })
  @Refuses('webhook_url_missing')
  @Audited('create', 'webhook_test')
  test(@CurrentPartner() caller: Caller): Promise<WebhookTestDto> {
    return this.tests.create(caller);
  }
}
