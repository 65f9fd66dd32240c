import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { readConfig } from './config.js';
import { armFailpoint } from './failpoints.js';
import { setLivemode } from './livemode.js';
import { createLogger, NestLogger } from './platform/logger.js';
import { runProcess } from './process.js';
import { serveWorkerHealth } from './worker-health.js';
import { WorkLoop } from './work-loop.js';
import { WorkerModule } from './worker.module.js';

await runProcess('worker', async () => {
  const config = readConfig();
  armFailpoint(config.FAILPOINT);
  setLivemode(config.LIVEMODE);
  const worker = await NestFactory.createApplicationContext(WorkerModule.forWorker(config), {
    logger: new NestLogger(createLogger(config.LOG_LEVEL, 'worker')),
    abortOnError: false,
  });
  const loop = worker.get(WorkLoop);
  loop.start();
  const { HEALTH_PORT: port, HOST: host } = config;
  const stopHealth =
    port === undefined ? undefined : await serveWorkerHealth(port, host, () => loop.stuckJobs());
  return {
    stopWithinMs: config.DRAIN_TIMEOUT_MS,
    stop: async () => {
      await loop.stop();
      await worker.close();
      stopHealth?.();
    },
  };
});
