import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { MetricsService } from './metrics.service.js';

const names = {
  connections: 'database_pool_connections',
  waiting: 'database_pool_waiting',
  limit: 'database_pool_limit',
};

/** Tells how many connections of the pool are at work, and how many callers wait for one. */
export function measurePool(dataSource: DataSource, metrics: MetricsService): void {
  const pool = (dataSource.driver as unknown as { master: Pool }).master;
  const { connections, waiting, limit } = names;
  metrics.addLevels(
    [
      {
        name: connections,
        help: 'Connections of this process, by what they do.',
        labels: ['state'],
      },
      { name: waiting, help: 'How many wait for a connection of this process.' },
      { name: limit, help: 'How many connections this process may open.' },
    ],
    () => [
      { name: connections, labels: { state: 'busy' }, value: pool.totalCount - pool.idleCount },
      { name: connections, labels: { state: 'idle' }, value: pool.idleCount },
      { name: waiting, value: pool.waitingCount },
      { name: limit, value: pool.options.max },
    ],
  );
}
