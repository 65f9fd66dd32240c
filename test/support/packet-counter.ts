import * as net from 'node:net';

/** A proxy before a server that counts what clients send: one packet is one way to the server. */
export class PacketCounter {
  packets = 0;
  private readonly sockets = new Set<net.Socket>();
  private readonly server: net.Server;

  constructor(private readonly target: URL) {
    this.server = net.createServer((client) => this.connect(client));
  }

  /** @returns the target's URL, by way of the proxy */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = this.server.address() as net.AddressInfo;
    const url = new URL(this.target);
    url.port = String(port);
    return url.href;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private connect(client: net.Socket): void {
    const server = net.connect(Number(this.target.port), this.target.hostname);
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
    }
    client.on('data', (bytes) => {
      this.packets += 1;
      server.write(bytes);
    });
    server.pipe(client);
    client.once('end', () => server.end());
  }
}
