import { sleep, systemClock } from './clock.js';

describe('the clock', () => {
  it('runs a task once, after its delay', async () => {
    const clock = systemClock();
    let runs = 0;
    clock.after(1, () => (runs += 1));
    expect(runs).toBe(0);
    await sleep(clock, 20);
    expect(runs).toBe(1);
  });

  it('runs nothing that was cancelled, or that was due when it stopped or asked for later', async () => {
    const clock = systemClock();
    let runs = 0;
    const count = (): void => void (runs += 1);
    clock.after(1, count)();
    clock.after(1, count);
    clock.stop();
    clock.after(1, count);
    await sleep(systemClock(), 20);
    expect(runs).toBe(0);
  });
});
