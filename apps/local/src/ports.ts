import * as net from 'node:net';
import { StartFailure } from './start-failure.js';

export const host = '127.0.0.1';

/** The preferred port when it is free, else one that the system picks. */
export async function choosePort(preferred = 0): Promise<number> {
  try {
    return await tryPort(preferred);
  } catch {
    return tryPort(0);
  }
}

/** The port itself, or for 0 a free one. Fails with a sentence that names the setting to change. */
export async function requirePort(port: number, setting: string): Promise<number> {
  const advice = `choose another port, for example ${setting}=${(port + 1000) % 65_536} npm start.`;
  try {
    const free = await tryPort(port);
    if (!(await isClosedToBrowsers(free))) return free;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'is in use' : `can't be used (${code})`;
    throw new StartFailure(`Port ${port} ${reason}: stop what uses it or ${advice}`);
  }
  throw new StartFailure(`Browsers and fetch refuse to connect to port ${port}: ${advice}`);
}

/** Whether the port is on the Fetch standard's list of bad ports. Nothing may listen on it. */
async function isClosedToBrowsers(port: number): Promise<boolean> {
  try {
    await fetch(`http://${host}:${port}`);
    return false;
  } catch (error) {
    const { cause } = error as { cause?: { message?: string } };
    return cause?.message === 'bad port';
  }
}

function tryPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address() as net.AddressInfo;
      server.close(() => resolve(address.port));
    });
  });
}

/** Whether something takes connections on the port. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host);
    const answer = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
