import * as net from 'node:net';
import { choosePort, requirePort } from './ports.js';

describe('a port', () => {
  let server: net.Server;
  let taken: number;

  beforeEach(async () => {
    server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    taken = (server.address() as net.AddressInfo).port;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('in use is refused with its number and the setting that changes it', async () => {
    await expect(requirePort(taken, 'SANDBOX_PORT')).rejects.toThrow(
      `Port ${taken} is in use: stop what uses it or choose another port, for example SANDBOX_PORT=`,
    );
  });

  it('in use is passed over where any will do', async () => {
    const chosen = await choosePort(taken);
    expect(chosen).not.toBe(taken);
    expect(chosen).toBeGreaterThan(0);
  });
});
