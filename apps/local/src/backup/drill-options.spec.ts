import { readDrillOptions } from './drill-options.js';

describe('the options of a drill', () => {
  it('are none for a cluster of its own', () => {
    expect(readDrillOptions([])).toEqual({
      ...{ stanza: undefined, configFile: undefined, target: undefined },
      ...{ maxLagSeconds: 150, directory: '/var/tmp' },
    });
  });

  it('name a stanza and the moment to restore', () => {
    const words = '--stanza payments --config a.conf --target 2026-03-01T12:00:00+07:00';
    const rest = '--max-lag 30 --directory /srv';
    expect(readDrillOptions(`${words} ${rest}`.split(' '))).toEqual({
      ...{ stanza: 'payments', configFile: 'a.conf', maxLagSeconds: 30, directory: '/srv' },
      target: new Date('2026-03-01T05:00:00Z'),
    });
  });

  it.each([
    ['--stanzas x', /Unknown option '--stanzas'[^]*Try: npm run backup:drill/],
    ['--target 2026-03-01T12:00:00Z', /need --stanza/],
    ['--config a.conf', /need --stanza/],
    ['--stanza x --target yesterday', /--target must be a moment/],
    ['--stanza x --target 2026-03-01T12:00:00', /--target must be a moment/],
    ['--stanza x --target 2026-13-01T12:00:00Z', /--target must be a moment/],
    ['--max-lag soon', /--max-lag must be a number/],
    ['--max-lag -1', /max-lag/],
    ['--max-lag 0', /--max-lag must be a number/],
  ])('are refused when they are %s', (words, reason) => {
    expect(() => readDrillOptions(words.split(' '))).toThrow(reason);
  });
});
