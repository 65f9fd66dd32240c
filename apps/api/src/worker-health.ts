import { createServer } from 'node:http';
import { once } from 'node:events';

/**
 * Answers GET /health/live for a worker: 200 while every job comes round, else 503 with the names of
 * those that don't.
 *
 * @returns how to stop answering
 */
export async function serveWorkerHealth(
  port: number,
  host: string,
  stuckJobs: () => string[],
): Promise<() => void> {
  const live = (): [status: number, body: object] => {
    const jobs = stuckJobs();
    return jobs.length === 0 ? [200, { status: 'ok' }] : [503, { status: 'stuck', jobs }];
  };
  const server = createServer((request, response) => {
    const isLive = request.method === 'GET' && request.url === '/health/live';
    const [status, body] = isLive ? live() : [404, {}];
    const type = 'application/json; charset=utf-8';
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  });
  await once(server.listen(port, host), 'listening');
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
