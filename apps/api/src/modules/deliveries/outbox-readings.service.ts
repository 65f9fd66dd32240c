import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { MetricsService } from '../../platform/metrics.service.js';

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
      () => this.number('SELECT read_outbox_lag() AS number'),
    );
    metrics.addReading(
      'webhook_urls_disabled',
      'Webhook URLs of partners to which nothing is sent at present.',
      () => this.number('SELECT count_disabled_webhook_urls()::int AS number'),
    );
    metrics.addReadings(
      'webhook_deliveries',
      'Webhooks to partners that are still to be sent, due among those, or given up.',
      'state',
      () => this.counts(),
    );
  }

  private async number(text: string): Promise<number> {
    const [row] = await this.read<{ number: number }>(text);
    return row?.number ?? NaN;
  }

  private async counts(): Promise<Record<string, number>> {
    const [row] = await this.read<Record<string, string>>(
      'SELECT * FROM count_webhook_deliveries()',
    );
    const counts = Object.entries(row ?? {});
    return Object.fromEntries(counts.map(([state, count]) => [state, Number(count)]));
  }

  private read<Row extends object>(text: string): Promise<Row[]> {
    return this.database.statement<Row>({ partnerIds: [], actor: 'system' }, text, []);
  }
}
