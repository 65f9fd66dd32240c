import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { MetricsService, type ReadMetric, type Sample } from '../../platform/metrics.service.js';
import { readHealth, readWork } from './database-readings.statements.js';
import { OldestTransaction } from './oldest-transaction.js';

interface ReadingRow {
  name: string;
  label: string | null;
  value: number | null;
}

const system = { partnerIds: [], actor: 'system' };

const ofWork: readonly ReadMetric[] = [
  { name: 'payments_open', help: 'Payments without an outcome.', labels: ['status'] },
  {
    name: 'payments_open_oldest_seconds',
    help: 'How old the oldest payment without an outcome is.',
    labels: ['status'],
  },
  { name: 'refunds_open', help: 'Refunds without an outcome.', labels: ['status'] },
  {
    name: 'refunds_open_oldest_seconds',
    help: 'How old the oldest refund without an outcome is.',
    labels: ['status'],
  },
  {
    name: 'provider_webhooks_waiting',
    help: 'Webhooks of providers that are not applied yet.',
    labels: ['status'],
  },
  {
    name: 'work_overdue_seconds',
    help: 'How long that is overdue which the worker should have looked at first; 0 when nothing is.',
    labels: ['kind'],
  },
  { name: 'review_items_open', help: 'What waits for a person to decide.', labels: ['kind'] },
];

const oldestName = 'database_oldest_transaction_seconds';

const ofHealth: readonly ReadMetric[] = [
  {
    name: 'partition_headroom_seconds',
    help: 'For how long there are partitions of a table from now on.',
    labels: ['table'],
  },
  {
    name: 'partition_overflow_bytes',
    help: 'The size of the partition for rows that no month takes; 0 as long as none came.',
    labels: ['table'],
  },
  {
    name: 'backup_heartbeat_age_seconds',
    help: 'How old the newest heartbeat is, by which a restore is measured; NaN without any.',
  },
  {
    name: 'wal_archive_age_seconds',
    help: 'How long ago PostgreSQL last archived a segment of its log; NaN if it never did. Only where archive_mode is on.',
  },
  { name: 'wal_archive_failures', help: 'How often archiving failed since statistics began.' },
  {
    name: oldestName,
    help: 'For how long the oldest writing database transaction has been seen to run; it holds the events feed back.',
  },
];

/** Tells what the database knows of the work and of itself. */
@Injectable()
export class DatabaseReadings {
  private readonly oldest = new OldestTransaction();

  constructor(
    private readonly database: TenantDatabase,
    metrics: MetricsService,
  ) {
    metrics.addSamples(ofWork, async () => samplesOf(ofWork, await this.work()));
    metrics.addSamples(ofHealth, () => this.health());
  }

  private async health(): Promise<Sample[]> {
    const rows = await this.database.statement<ReadingRow>(system, readHealth, []);
    const running = rows.find(({ name }) => name === 'oldest_transaction')?.value ?? undefined;
    const value = this.oldest.seen(running, performance.now());
    return [...samplesOf(ofHealth, rows), { name: oldestName, value }];
  }

  private work(): Promise<ReadingRow[]> {
    return this.database.statement<ReadingRow>(system, readWork, []);
  }
}

function samplesOf(metrics: readonly ReadMetric[], rows: readonly ReadingRow[]): Sample[] {
  const labels = new Map(metrics.map((metric) => [metric.name, metric.labels?.[0]]));
  return rows.flatMap(({ name, label, value }) => {
    if (!labels.has(name)) return [];
    const labelName = labels.get(name);
    const named = labelName && label !== null ? { [labelName]: label } : {};
    return [{ name, labels: named, value: value ?? NaN }];
  });
}
