import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { readProcessConfig } from './config.js';
import { armFailpoint } from './failpoints.js';
import { setLivemode } from './livemode.js';
import { watchConnections } from './http/connections.js';
import { createApp } from './http/create-app.js';
import { openOtherPorts } from './http/ports.js';
import { AuditTrail } from './modules/audit/index.js';
import { Readiness } from './modules/health/index.js';
import { awaitDatabase } from './platform/database-wait.js';
import { createLogger } from './platform/logger.js';
import { runProcess } from './process.js';
import { configOfChild } from './supervisor.js';

await runProcess('API', async () => {
  const config = configOfChild(readProcessConfig());
  armFailpoint(config.FAILPOINT);
  setLivemode(config.LIVEMODE);
  const logger = createLogger(config.LOG_LEVEL, 'api');
  await awaitDatabase(config, ['API_DATABASE_URL', 'OPERATIONS_DATABASE_URL'], logger);
  const app = await createApp(config);
  const leaveSilent = watchConnections(app.getHttpServer());
  await app.listen(config.PORT, config.HOST);
  const closeOtherPorts = await openOtherPorts(app.getHttpAdapter().getInstance(), config);
  return {
    url: await app.getUrl(),
    stopWithinMs: config.DRAIN_DELAY_MS + config.DRAIN_TIMEOUT_MS,
    stop: async () => {
      app.get(Readiness).drain();
      await setTimeout(config.DRAIN_DELAY_MS);
      leaveSilent();
      await Promise.all([app.getHttpAdapter().close(), closeOtherPorts()]);
      await app.get(AuditTrail).flush();
      await app.close();
    },
  };
});
