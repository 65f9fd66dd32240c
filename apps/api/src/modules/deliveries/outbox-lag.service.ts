import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { MetricsService } from '../../platform/metrics.service.js';

/** Tells how long the webhook has waited that should have been sent first. */
@Injectable()
export class OutboxLag {
  constructor(
    private readonly database: TenantDatabase,
    metrics: MetricsService,
  ) {
    const help = 'How long the webhook is overdue that is due for longest; 0 when none is.';
    metrics.addReading('webhook_outbox_lag_seconds', help, () => this.read());
  }

  private async read(): Promise<number> {
    const [row] = await this.database.statement<{ lag: number }>(
      { partnerIds: [], actor: 'system' },
      'SELECT read_outbox_lag() AS lag',
      [],
    );
    return row?.lag ?? NaN;
  }
}
