import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { readProcessConfig } from './config.js';
import { armFailpoint } from './failpoints.js';
import { setLivemode } from './livemode.js';
import { openWorkerServer } from './http/worker-server.js';
import { awaitDatabase } from './platform/database-wait.js';
import { createLogger, NestLogger } from './platform/logger.js';
import { MetricsService } from './platform/metrics.service.js';
import { runProcess } from './process.js';
import { WorkLoop } from './work-loop.js';
import { WorkerModule } from './worker.module.js';

await runProcess('worker', async () => {
  const config = readProcessConfig();
  armFailpoint(config.FAILPOINT);
  setLivemode(config.LIVEMODE);
  const logger = createLogger(config.LOG_LEVEL, 'worker');
  await awaitDatabase(config, ['WORKER_DATABASE_URL'], logger);
  const worker = await NestFactory.createApplicationContext(WorkerModule.forWorker(config), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const loop = worker.get(WorkLoop);
  loop.start();
  const closeServer = await openWorkerServer(config, worker.get(MetricsService), () =>
    loop.stuckJobs(),
  );
  return {
    stopWithinMs: config.DRAIN_TIMEOUT_MS,
    stop: async () => {
      await loop.stop();
      await closeServer();
      await worker.close();
    },
  };
});
