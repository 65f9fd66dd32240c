import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';

const beat = `
INSERT INTO backup_heartbeats (slot, written_at)
SELECT extract(epoch FROM moment)::bigint / 60 % 1440, moment FROM clock_timestamp() AS moment
ON CONFLICT (slot) DO UPDATE SET written_at = EXCLUDED.written_at`;

/** Writes down the time, so that a restored database tells how much of the newest is lost. */
@Injectable()
export class HeartbeatWorker {
  constructor(private readonly database: TenantDatabase) {}

  async run(): Promise<void> {
    await this.database.statement({ partnerIds: [], actor: 'system' }, beat, []);
  }
}
