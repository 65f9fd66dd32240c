import { choosePort, host } from '../../apps/local/src/ports.js';

/** URLs on this machine where nothing listens yet. */
export async function freeUrls(count: number): Promise<string[]> {
  const ports = await Promise.all(Array.from({ length: count }, () => choosePort()));
  return ports.map((port) => `http://${host}:${port}`);
}

export function portOf(url: string): number {
  return Number(new URL(url).port);
}
