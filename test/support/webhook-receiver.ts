import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { HttpsIdentity } from './https-identity.js';

export interface ReceivedWebhook {
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
  arrivedAtMs: number;
}

/** A partner's server, on this machine. */
export interface WebhookReceiver {
  port: number;
  received: ReceivedWebhook[];
  /** How many connections were opened, used or not. */
  connections(): number;
  /** Resolves when the first connection is closed. */
  firstClosed(): Promise<void>;
  stop(): Promise<void>;
}

/** @param answer what the server does once it has read a request */
export async function startReceiver(
  answer: (response: http.ServerResponse, request: ReceivedWebhook) => void,
  identity?: HttpsIdentity,
): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  let opened = 0;
  let tellClosed: () => void;
  const firstClosed = new Promise<void>((resolve) => (tellClosed = resolve));
  const listener: http.RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { url = '', headers } = request;
      const webhook = { url, headers, body, arrivedAtMs: Date.now() };
      received.push(webhook);
      answer(response, webhook);
    });
  };
  const server = identity ? https.createServer(identity, listener) : http.createServer(listener);
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => {
    opened += 1;
    socket.on('error', () => undefined).on('close', () => tellClosed());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received,
    connections: () => opened,
    firstClosed: () => firstClosed,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
