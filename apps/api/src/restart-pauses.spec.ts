import { RestartPauses } from './restart-pauses.js';

describe('the pause before another process takes the place of one that died', () => {
  it('doubles with every death, up to half a minute', () => {
    const pauses = new RestartPauses();
    const lived = [0, 59_999, 0, 1_000, 0, 0, 0, 0, 0, 0, 0];
    expect(lived.map((ms) => pauses.afterDeath(ms))).toEqual([
      ...[100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000],
    ]);
  });

  it('is short again after one that was well for a minute', () => {
    const pauses = new RestartPauses();
    expect([0, 0, 60_000, 0].map((ms) => pauses.afterDeath(ms))).toEqual([100, 200, 100, 200]);
  });

  it('stays half a minute however often they die', () => {
    const pauses = new RestartPauses();
    for (let death = 0; death < 5_000; death++) pauses.afterDeath(0);
    expect(pauses.afterDeath(0)).toBe(30_000);
  });
});
