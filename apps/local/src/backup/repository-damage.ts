const range = /DETAIL: archiveId: (\S+), wal start: ([0-9A-F]{24}), wal stop: ([0-9A-F]{24})$/;
const ordinary = /INFO: verify command (?:begin|end: completed successfully)/;
const segmentsOfLog = 0x100;

interface WalRange {
  archive: string;
  timeline: string;
  start: number;
  stop: number;
  says: string;
}

/**
 * What is wrong with a repository according to the output of `pgbackrest verify` at level `detail`.
 *
 * pgBackRest 2.45 ends with 0 whatever it finds, and shows a hole in the write-ahead log only as one
 * more range. So every line counts that is not known to be harmless. Segments have 16 MB.
 */
export function findDamage(output: string): string[] {
  const damage: string[] = [];
  const ranges: WalRange[] = [];
  for (const line of output.split('\n')) {
    const [, archive = '', start = '', stop = ''] = range.exec(line) ?? [];
    if (archive) {
      const says = `${start} to ${stop}`;
      const timeline = start.slice(0, 8);
      ranges.push({ archive, timeline, start: placeOf(start), stop: placeOf(stop), says });
    } else if (line.trim() && !ordinary.test(line)) {
      damage.push(line.trim());
    }
  }
  const silence = ranges.length === 0 ? ['nothing is said of the write-ahead log'] : [];
  return [...damage, ...silence, ...gapsOf(ranges)];
}

/** A timeline begins in the last segment of the one before or right after it. */
function gapsOf(ranges: WalRange[]): string[] {
  return ranges.flatMap((later, index) => {
    const before = ranges[index - 1];
    if (!before || before.archive !== later.archive) return [];
    const follows = before.timeline !== later.timeline && later.start <= before.stop + 1;
    return follows ? [] : [`write-ahead log is missing between ${before.says} and ${later.says}`];
  });
}

function placeOf(segment: string): number {
  const log = Number.parseInt(segment.slice(8, 16), 16);
  return log * segmentsOfLog + Number.parseInt(segment.slice(16), 16);
}
