import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import type { Clock } from './clock.js';
import type { Fault } from './faults.js';

/** An answer that is ready to leave. */
export interface ReadyReply {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** What this provider says when it fails; Stripe's words when absent. */
  serverError?: string;
}

const withheldMs = 60_000;
const endlessBytes = 100 * 1024 * 1024;

/** Sends an answer the way the fault says; resolves when nothing more is to come. */
export async function sendReply(
  reply: FastifyReply,
  ready: ReadyReply,
  fault: Fault['reply'],
  clock: Clock,
): Promise<void> {
  switch (fault) {
    case undefined:
      return write(reply, ready);
    case 'withhold':
      await held(reply, clock);
      return reply.raw.destroyed ? hangUp(reply) : write(reply, ready);
    case 'reset':
      return hangUp(reply);
    case 'server_error':
      return write(reply, { ...ready, status: 500, text: ready.serverError ?? serverErrorText });
    case 'garbage':
      return write(reply, { ...ready, status: 200, text: `${ready.text.slice(0, 40)}\u0000<<<` });
    case 'html':
      return write(reply, {
        status: 502,
        headers: { 'content-type': 'text/html' },
        text: htmlPage,
      });
    case 'endless':
      return writeEndlessly(reply, ready);
  }
}

/** Cuts the connection with a reset and answers nothing. */
export function hangUp(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.socket?.resetAndDestroy();
}

export const serverErrorText = JSON.stringify({
  error: { message: 'An unexpected error occurred.', type: 'api_error' },
});

const htmlPage = '<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>';

function write(reply: FastifyReply, { status, headers, text }: ReadyReply): void {
  void reply.code(status).headers(headers).send(text);
}

function held(reply: FastifyReply, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(withheldMs, resolve);
    reply.raw.once('close', () => {
      cancel();
      resolve();
    });
  });
}

function clientLeft(reply: FastifyReply): Promise<void> {
  return new Promise((resolve) => reply.raw.once('close', () => resolve()));
}

async function writeEndlessly(reply: FastifyReply, { headers }: ReadyReply): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, headers);
  const left = clientLeft(reply);
  const chunk = Buffer.alloc(64 * 1024, '[');
  for (let sent = 0; sent < endlessBytes && !raw.destroyed; sent += chunk.length) {
    if (!raw.write(chunk)) await Promise.race([once(raw, 'drain'), left]);
  }
  raw.end();
}
