import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const graceMs = 1_000;

/**
 * Keeps count of the requests on each connection of a server.
 *
 * A server that closes waits for its connections, and Node counts one that was opened and never
 * asked anything as busy, for ever: its clock for slow requests stops with the server.
 *
 * @returns what to call when the server is about to close: a second later, and every second from
 *   then on, connections without a request are cut
 */
export function watchConnections(server: Server): () => void {
  const open = new Map<Socket, number>();
  const count = (socket: Socket, change: number) => {
    const requests = open.get(socket);
    if (requests !== undefined) open.set(socket, requests + change);
  };
  server.on('connection', (socket: Socket) => {
    open.set(socket, 0);
    socket.once('close', () => open.delete(socket));
  });
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
  const cut = () => {
    for (const [socket, requests] of open) if (requests === 0) socket.destroy();
  };
  return () => {
    const timer = setInterval(cut, graceMs);
    server.once('close', () => clearInterval(timer));
  };
}
