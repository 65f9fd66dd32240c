import { choosePort } from '../../../apps/local/src/ports.js';

/** Below where systems pick ports for connections, so that nobody gets one by chance. */
const [lowest, highest] = [20_000, 32_000];
const tries = 50;

/** The first of so many free ports, one after the other. */
export async function chooseAdjacentPorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const first = lowest + Math.floor(Math.random() * (highest - lowest));
    const wanted = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(wanted.map((port) => choosePort(port)));
    if (free.join() === wanted.join()) return first;
  }
  throw new Error(`No ${count} free ports one after the other after ${tries} tries.`);
}
