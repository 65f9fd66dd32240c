import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { ApiError } from '../../errors/api-error.js';
import type { Caller } from '../../http/request.js';
import { isLivemode } from '../../livemode.js';
import { MetricsService } from '../../platform/metrics.service.js';
import { outcomeLabel } from './delivery-outcome.js';
import { DeliveryQueue, type SigningPartner } from './delivery-queue.repository.js';
import { apiVersion } from './webhook-body.service.js';
import { WebhookSender } from './webhook-sender.service.js';
import { toWebhookTestDto, type WebhookTestDto } from './webhook-test.dto.js';

interface Endpoint extends SigningPartner {
  url: string | null;
  now: Date;
}

const beginTest = `
WITH p AS (
  SELECT id AS partner_id, webhook_url AS url, webhook_secret AS secret,
    CASE WHEN webhook_secret_previous_until > clock_timestamp()
      THEN webhook_secret_previous END AS previous_secret,
    clock_timestamp() AS now
  FROM partners WHERE id = $1
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status)
  SELECT partner_id, 'partner', $2::text, 'create', 'webhook_test', $3::uuid, $4::inet, $5::text,
    $6::uuid, 200
  FROM p WHERE url IS NOT NULL
)
SELECT * FROM p`;

/** Sends a webhook that tells of nothing, once, and says what came back. It is kept nowhere. */
@Injectable()
export class WebhookTests {
  constructor(
    private readonly database: TenantDatabase,
    private readonly queue: DeliveryQueue,
    private readonly sender: WebhookSender,
    private readonly metrics: MetricsService,
  ) {}

  async create(caller: Caller): Promise<WebhookTestDto> {
    const { partnerId, apiKeyId, ipAddress, userAgent = null, requestId } = caller;
    const id = uuidv7();
    const [endpoint] = await this.database.statement<Endpoint>(
      { partnerIds: [partnerId], actor: 'partner', requestId },
      beginTest,
      [partnerId, apiKeyId, id, ipAddress, userAgent, requestId],
    );
    if (!endpoint?.url) throw new ApiError('webhook_url_missing');
    const { url, now } = endpoint;
    const secrets = this.queue.secretsOf(endpoint);
    const timestamp = Math.floor(now.getTime() / 1000);
    const body = testBody(id, now);
    const outcome = await this.sender.send({ url, id, body, secrets, timestamp });
    this.metrics.webhookAttempts.inc({ outcome: outcomeLabel(outcome) });
    return toWebhookTestDto(id, url, outcome);
  }
}

function testBody(id: string, now: Date): string {
  return JSON.stringify({
    id,
    type: 'webhook.test',
    timestamp: now.toISOString(),
    sequence: 0,
    api_version: apiVersion,
    livemode: isLivemode(),
    data: { object: { object: 'webhook_test', id }, previous_status: null },
  });
}
