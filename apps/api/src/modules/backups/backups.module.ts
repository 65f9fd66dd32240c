import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BackupHeartbeat } from './backup-heartbeat.entity.js';
import { HeartbeatWorker } from './heartbeat.worker.js';

@Module({
  imports: [TypeOrmModule.forFeature([BackupHeartbeat])],
  providers: [HeartbeatWorker],
  exports: [HeartbeatWorker],
})
export class BackupsModule {}
