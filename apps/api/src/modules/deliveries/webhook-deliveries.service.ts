import { rowReader, TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiError } from '../../errors/api-error.js';
import type { Caller } from '../../http/request.js';
import { Pages } from '../../platform/pages.service.js';
import { Vault } from '../../platform/vault.service.js';
import {
  toWebhookAttemptDto,
  toWebhookDeliveryDto,
  type WebhookDeliveryDto,
  type WebhookDeliveryPageDto,
  type WebhookDeliveryQuery,
  type WebhookDeliveryWithAttemptsDto,
} from './webhook-delivery.dto.js';
import { WebhookDeliveryAttempt } from './webhook-delivery-attempt.entity.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';

const mostAttemptsShown = 100;

/** Due at once, or as soon as the attempt that is under way has failed. Asked for twice, it is still sent once. */
const redeliver = `
WITH found AS (
  SELECT * FROM webhook_deliveries WHERE id = $1 AND partner_id = $2 FOR NO KEY UPDATE
), due AS (
  UPDATE webhook_deliveries AS d SET status = 'pending', next_attempt_at = clock_timestamp()
  FROM found WHERE d.id = found.id
  RETURNING d.*
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT partner_id, 'partner', $3::text, 'update', 'webhook_delivery', id, $4::inet, $5::text,
    $6::uuid, 202, jsonb_build_object('before', jsonb_build_object('status', status),
      'after', jsonb_build_object('status', 'pending'))
  FROM found
)
SELECT * FROM due`;

/** What was sent to a partner, and what is still owed. */
@Injectable()
export class WebhookDeliveries {
  private readonly read: (row: Record<string, unknown>) => WebhookDelivery;

  constructor(
    private readonly database: TenantDatabase,
    private readonly pages: Pages,
    private readonly vault: Vault,
    dataSource: DataSource,
  ) {
    this.read = rowReader(dataSource, WebhookDelivery);
  }

  async list(partnerId: string, query: WebhookDeliveryQuery): Promise<WebhookDeliveryPageDto> {
    const { limit, cursor, ...filters } = query;
    const purpose = `webhook_deliveries:${partnerId}:${JSON.stringify(filters)}`;
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    const found = await this.database.run(scope, (manager) => {
      const rows = manager
        .createQueryBuilder(WebhookDelivery, 'd')
        .where('d.partner_id = :partnerId', { partnerId });
      const { status, type, transaction_id: transactionId } = filters;
      if (status) rows.andWhere('d.status = :status', { status });
      if (type) rows.andWhere('d.type = :type', { type });
      if (transactionId) rows.andWhere('d.transaction_id = :transactionId', { transactionId });
      if (query.created_from) rows.andWhere('d.created_at >= :from', { from: query.created_from });
      if (query.created_to) rows.andWhere('d.created_at < :to', { to: query.created_to });
      return this.pages.read(rows, { limit, cursor, purpose });
    });
    const data = found.rows.map(toWebhookDeliveryDto);
    return { object: 'list', data, has_more: found.hasMore, next_cursor: found.nextCursor };
  }

  async show(partnerId: string, id: string): Promise<WebhookDeliveryWithAttemptsDto> {
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    const { delivery, attempts } = await this.database.run(scope, async (manager) => ({
      delivery: await manager.findOneBy(WebhookDelivery, { id, partnerId }),
      attempts: await manager.find(WebhookDeliveryAttempt, {
        ...{ where: { deliveryId: id, partnerId } },
        ...{ order: { number: 'DESC' }, take: mostAttemptsShown },
      }),
    }));
    if (!delivery) throw new ApiError('webhook_delivery_not_found');
    const shown = attempts.toReversed().map((attempt) => {
      const place = `webhook_delivery_attempts.answer:${id}:${attempt.number}` as const;
      return toWebhookAttemptDto(attempt, this.vault.openOptional(attempt.answer, place));
    });
    return { ...toWebhookDeliveryDto(delivery), attempts: shown };
  }

  async redeliver(caller: Caller, id: string): Promise<WebhookDeliveryDto> {
    const { partnerId, apiKeyId, ipAddress, userAgent = null, requestId } = caller;
    const [row] = await this.database.statement<Record<string, unknown>>(
      { partnerIds: [partnerId], actor: 'partner', requestId },
      redeliver,
      [id, partnerId, apiKeyId, ipAddress, userAgent, requestId],
    );
    if (!row) throw new ApiError('webhook_delivery_not_found');
    return toWebhookDeliveryDto(this.read(row));
  }
}
