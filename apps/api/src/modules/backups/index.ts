export { BackupsModule } from './backups.module.js';
export { HeartbeatWorker } from './heartbeat.worker.js';
