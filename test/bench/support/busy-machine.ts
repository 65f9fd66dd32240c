import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const tooBusyPercent = 10;

/** Says how much of a second all processors together were busy with something else. */
export async function tellBusy(printer: Pick<Console, 'log'>): Promise<void> {
  const before = ticks();
  await sleep(1_000);
  const { idle, all } = ticks();
  const busy = Math.round(100 * (1 - (idle - before.idle) / (all - before.all)));
  const verdict = busy > tooBusyPercent ? ': too much' : '';
  printer.log(`the machine is ${busy} % busy with something else${verdict}`);
}

function ticks(): { idle: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
  return {
    idle: sum(times.map(({ idle }) => idle)),
    all: sum(times.flatMap((each) => Object.values(each))),
  };
}
