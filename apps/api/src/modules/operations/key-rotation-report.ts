import type { KeyRotation } from './key-rotation.service.js';

const shownFailures = 100;
const everyMs = 1_000;

/** Says on stderr how far the work is: in place on a terminal, else as a line now and then. */
export function progressOn(stream: NodeJS.WriteStream): (doing: string, rows: number) => void {
  let [last, saidAtMs] = ['', 0];
  return (doing, rows) => {
    const line = `${doing}: ${rows} rows`;
    if (stream.isTTY) {
      stream.write(`\r\u001b[K${line}`);
    } else if (doing !== last || Date.now() - saidAtMs >= everyMs) {
      saidAtMs = Date.now();
      stream.write(`${line}\n`);
    }
    last = doing;
  };
}

/** The table of all columns, and what an operator has to know before a key is removed. */
export function reportOf(rotation: KeyRotation): string[] {
  const rows = [...rotation.columns].map(([column, { resealed, left, keys }]) => [
    column,
    String(resealed),
    String(left),
    Object.entries(keys)
      .map(([keyId, values]) => `${keyId}: ${values}`)
      .join(', ') || '-',
  ]);
  const held = [...rotation.heldKeys].map(
    ([keyId, { requests, until }]) =>
      `${requests} requests are compared under the hash key ${keyId} until ${until}.`,
  );
  return [...aligned([['column', 're-sealed', 'left', 'keys in use'], ...rows]), ...held];
}

/** One line for each value that can't be opened. */
export function failuresOf({ failures }: KeyRotation): string[] {
  const lines = failures
    .slice(0, shownFailures)
    .map(({ place, reason }) => `${place} can't be opened: ${reason}`);
  const more = failures.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

function aligned(rows: string[][]): string[] {
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map(([name = '', resealed = '', left = '', keys = '']) =>
    [
      name.padEnd(widths[0] ?? 0),
      resealed.padStart(widths[1] ?? 0),
      left.padStart(widths[2] ?? 0),
      keys,
    ].join('  '),
  );
}
