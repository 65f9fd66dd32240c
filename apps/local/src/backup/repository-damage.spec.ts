import { findDamage } from './repository-damage.js';

const line = (level: string, text: string) => `2026-03-01 02:00:00.000 P00 ${level}: ${text}`;
const begin = line('  INFO', 'verify command begin 2.45: --stanza=payments');
const end = line('  INFO', 'verify command end: completed successfully (339ms)');
const wal = (start: string, stop: string, archive = '15-1') =>
  line('DETAIL', `archiveId: ${archive}, wal start: ${start}, wal stop: ${stop}`);
const sound = wal('000000010000000000000001', '000000010000000000000002');
const said = (...lines: string[]) => [begin, ...lines, end].join('\n');

describe('the damage of a repository', () => {
  it('is none when the log has no hole and nothing else is said', () => {
    expect(findDamage(said(wal('000000010000000000000001', '0000000100000001000000FF')))).toEqual(
      [],
    );
  });

  it('is a hole in the log of one timeline', () => {
    const found = findDamage(
      said(
        wal('000000010000000000000001', '000000010000000000000006'),
        wal('000000010000000000000008', '000000010000000000000009'),
      ),
    );
    expect(found).toEqual([
      'write-ahead log is missing between 000000010000000000000001 to 000000010000000000000006 and 000000010000000000000008 to 000000010000000000000009',
    ]);
  });

  it('is none where a timeline begins in the last segment of the one before, or right after it', () => {
    for (const start of ['0000000200000000000000FF', '000000020000000100000000']) {
      const first = wal('000000010000000000000001', '0000000100000000000000FF');
      expect(findDamage(said(first, wal(start, '000000020000000200000000')))).toEqual([]);
    }
  });

  it('is a timeline that begins later than the one before ends', () => {
    const first = wal('000000010000000000000001', '000000010000000000000006');
    const second = wal('000000020000000000000008', '000000020000000000000009');
    expect(findDamage(said(first, second))).toHaveLength(1);
  });

  it('is not the distance between the logs of two clusters', () => {
    const first = wal('000000010000000000000001', '000000010000000000000006');
    const second = wal('000000010000000000000009', '00000001000000000000000A', '15-2');
    expect(findDamage(said(first, second))).toEqual([]);
  });

  it('is every line that is not known', () => {
    const invalid = line('  INFO', "invalid checksum '20260301-020000F/pg_data/base/4/2756.zst'");
    expect(findDamage(said(sound, invalid, '    status: error'))).toEqual([
      ...[invalid, 'status: error'],
    ]);
  });

  it('is silence about the log', () => {
    expect(findDamage(said())).toEqual(['nothing is said of the write-ahead log']);
  });

  it('is an end that nobody knows', () => {
    const aborted = line('  INFO', 'verify command end: aborted');
    expect(findDamage([begin, sound, aborted].join('\n'))).toEqual([aborted]);
  });
});
