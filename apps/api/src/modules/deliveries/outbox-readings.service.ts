import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { MetricsService } from '../../platform/metrics.service.js';

const system = { partnerIds: [], actor: 'system' };

/** Tells how many webhooks are owed, and how long the one has waited that should have been sent first. */
@Injectable()
export class OutboxReadings {
  constructor(
    private readonly database: TenantDatabase,
    metrics: MetricsService,
  ) {
    metrics.addReading(
      'webhook_outbox_lag_seconds',
      'How long the webhook is overdue that is due for longest; 0 when none is.',
      () => this.lag(),
    );
    metrics.addReading(
      'webhook_urls_disabled',
      'Webhook URLs of partners to which nothing is sent at present.',
      () => this.disabledUrls(),
    );
    metrics.addReadings(
      'webhook_deliveries',
      'Webhooks to partners that are still to be sent, due among those, or given up.',
      'state',
      () => this.deliveries(),
    );
  }

  private async lag(): Promise<number> {
    const text = 'SELECT read_outbox_lag() AS lag';
    const [row] = await this.database.statement<{ lag: number }>(system, text, []);
    return row?.lag ?? NaN;
  }

  private async disabledUrls(): Promise<number> {
    const text = 'SELECT count_disabled_webhook_urls() AS count';
    const [row] = await this.database.statement<{ count: string }>(system, text, []);
    return Number(row?.count);
  }

  private async deliveries(): Promise<Record<string, number>> {
    const text = 'SELECT * FROM count_webhook_deliveries()';
    const [row] = await this.database.statement<Record<string, string>>(system, text, []);
    const counts = Object.entries(row ?? {});
    return Object.fromEntries(counts.map(([state, count]) => [state, Number(count)]));
  }
}
