import { once } from 'node:events';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';

/** A way to the database that can fall silent, as a network does, or be cut, as by its restart. */
export class Wire {
  private readonly sockets = new Set<net.Socket>();
  private silent = false;
  private port = 0;

  constructor(private readonly server: net.Server) {}

  static async to(databaseUrl: string): Promise<{ wire: Wire; url: string }> {
    const target = new URL(databaseUrl);
    const server = net.createServer();
    const wire = new Wire(server);
    server.on('connection', (near) => wire.join(near, target));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(databaseUrl);
    url.port = String((server.address() as AddressInfo).port);
    return { wire, url: url.toString() };
  }

  fallSilent(): void {
    this.silent = true;
    for (const socket of this.sockets) socket.pause();
  }

  speak(): void {
    this.silent = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Every connection ends, and new ones are refused. */
  async cut(): Promise<void> {
    this.port = (this.server.address() as AddressInfo).port;
    this.close();
    await once(this.server, 'close');
  }

  /** Takes connections again. */
  async mend(): Promise<void> {
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(near: net.Socket, target: URL): void {
    const far = net.connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
      if (this.silent) from.pause();
    }
  }
}
