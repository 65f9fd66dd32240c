import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A server of bare bytes, for answers that no HTTP server would give. */
export interface ByteServer {
  url: URL;
  /** The requests that came in whole, head and body. */
  requests: readonly string[];
  /** Takes no more connections and refuses new ones; open ones stay. */
  refuse(): void;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1; `answer` is called once for each request that has come in whole. */
export async function listenForBytes(answer: (socket: Socket) => void): Promise<ByteServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onRequests(socket, (request) => {
      requests.push(request);
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    requests,
    refuse: () => void server.close(),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The bytes of a whole HTTP answer. */
export function httpAnswer(status: string, body: string, headers = ''): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${status}\r\nContent-Length: ${length}\r\n${headers}\r\n${body}`;
}

function onRequests(socket: Socket, tell: (request: string) => void): void {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
    const bodyAt = text.indexOf('\r\n\r\n') + 4;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (bodyAt < 4 || text.length < bodyAt + length) return;
    const request = text;
    text = '';
    tell(request);
  });
}
