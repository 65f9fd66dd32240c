import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Config } from '../config.js';
import type { MetricsService } from '../platform/metrics.service.js';

const requestTimeoutMs = 10_000;

/**
 * Serves the metrics of the worker and whether it lives, where METRICS_PORT says; nothing without it.
 * It lives while every job comes round; else the answer is 503 with the names of those that don't.
 *
 * @returns how to stop
 */
export async function openWorkerServer(
  { METRICS_PORT: port, HOST: host }: Pick<Config, 'METRICS_PORT' | 'HOST'>,
  metrics: MetricsService,
  stuckJobs: () => string[],
): Promise<() => Promise<void>> {
  if (port === undefined) return () => Promise.resolve();
  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    answer(request, response, { metrics, stuckJobs }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return () => close(server);
}

async function answer(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  { metrics, stuckJobs }: { metrics: MetricsService; stuckJobs: () => string[] },
): Promise<void> {
  const path = method === 'GET' || method === 'HEAD' ? url.split('?')[0] : undefined;
  response.setHeader('cache-control', 'no-store');
  if (path === '/metrics') {
    const text = await metrics.print();
    response.setHeader('content-type', metrics.contentType).end(text);
  } else if (path === '/health/live') {
    const jobs = stuckJobs();
    const body = jobs.length === 0 ? { status: 'ok' } : { status: 'stuck', jobs };
    response.statusCode = jobs.length === 0 ? 200 : 503;
    response.setHeader('content-type', 'application/json; charset=utf-8').end(JSON.stringify(body));
  } else {
    response.writeHead(404).end();
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
