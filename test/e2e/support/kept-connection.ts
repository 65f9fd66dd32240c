import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import type { CallTarget } from '../../support/http.js';

interface Request {
  method: string;
  path: string;
  body?: object;
}

/**
 * Makes one request after the other over one connection until an answer says that it is the last.
 *
 * @returns the status of each
 * @throws Error when one is not answered, or the connection ends without an answer that said so
 */
export async function askUntilParted(target: CallTarget, request: Request): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const statuses: number[] = [];
  for (;;) {
    const { sent, answer } = await ask(target, request, agent);
    if (sent.reusedSocket !== statuses.length > 0) throw new Error('the connection was not kept');
    statuses.push(answer.statusCode ?? 0);
    if (answer.headers.connection === 'close') break;
  }
  agent.destroy();
  return statuses;
}

async function ask(target: CallTarget, { method, path, body }: Request, agent: http.Agent) {
  const headers = {
    authorization: `Bearer ${target.credentials.partner_api_key}`,
    ...(body && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
  };
  const sent = http.request(new URL(path, target.baseUrl), { method, headers, agent });
  sent.end(body && JSON.stringify(body));
  const [answer] = (await once(sent, 'response')) as [http.IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  return { sent, answer };
}
