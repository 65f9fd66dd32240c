import * as net from 'node:net';

/** A server behind a port that opens when it is told to. */
export class LateServer {
  private readonly sockets = new Set<net.Socket>();
  private readonly server: net.Server;

  private constructor(
    readonly url: string,
    private readonly port: number,
    target: URL,
  ) {
    this.server = net.createServer((near) => this.join(near, target));
  }

  /** The same URL at a port that is closed yet. */
  static before(given: string, port: number): LateServer {
    const target = new URL(given);
    const url = new URL(given);
    url.port = String(port);
    return new LateServer(url.toString(), port, target);
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.listen(this.port, '127.0.0.1', resolve);
    });
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(near: net.Socket, target: URL): void {
    const far = net.connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
    }
    near.pipe(far).pipe(near);
  }
}
