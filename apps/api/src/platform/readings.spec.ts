import { rarely } from './readings.js';

describe('a reading of the database', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  it('is made once in five seconds, however often it is asked for', async () => {
    let reads = 0;
    const ask = rarely(async () => ++reads, 5_000);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    jest.advanceTimersByTime(4_999);
    expect(await ask()).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await ask()).toBe(2);
  });

  it('is nothing while it fails, and is not tried at once again', async () => {
    let reads = 0;
    const ask = rarely(() => {
      reads++;
      return Promise.reject(new Error('no database'));
    }, 5_000);
    expect(await ask()).toBeUndefined();
    expect(await ask()).toBeUndefined();
    expect(reads).toBe(1);
  });

  it('is not made twice at once, however long it takes, and nobody waits for it longer than two seconds', async () => {
    let reads = 0;
    const ask = rarely(() => {
      reads++;
      return new Promise<number>(() => undefined);
    }, 5_000);
    const first = ask();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await first).toBeUndefined();
    jest.advanceTimersByTime(60_000);
    const later = ask();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await later).toBeUndefined();
    expect(reads).toBe(1);
  });
});
