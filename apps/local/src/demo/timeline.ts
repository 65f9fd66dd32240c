import type { Palette } from '../terminal.js';
import type { TimelineEvent } from './partner-client.js';

/** Events in the order in which they happened; the api lists the newest first. */
function inOrder(events: TimelineEvent[]): TimelineEvent[] {
  return events.toSorted(
    (one, other) =>
      (one.sequence ?? 0) - (other.sequence ?? 0) || one.created_at.localeCompare(other.created_at),
  );
}

/** One line for each event: time since the first one, what happened, and the status after it. */
export function timelineLines(events: TimelineEvent[], palette: Palette): string[] {
  const ordered = inOrder(events);
  const startedAt = Date.parse(ordered[0]?.created_at ?? '');
  return ordered.map((event, index) => {
    const offset = formatOffset(Date.parse(event.created_at) - startedAt).padStart(9);
    const mark = index === ordered.length - 1 ? '└' : '├';
    const type = event.event_type.padEnd(20);
    const status = paintStatus(event.status ?? '', palette);
    return `    ${palette.dim(`${offset}  ${mark}─`)} ${type} ${status}`.trimEnd();
  });
}

function formatOffset(milliseconds: number): string {
  if (milliseconds < 1_000) return `+${milliseconds} ms`;
  return `+${(milliseconds / 1_000).toFixed(2)} s`;
}

function paintStatus(status: string, { green, red, yellow }: Palette): string {
  if (status === 'completed') return green(status);
  return status === 'failed' || status === 'cancelled' ? red(status) : yellow(status);
}
