import type { TransactionEvent } from '@libs/client';
import type { Palette } from '../terminal.js';

/** What a timeline shows of an event. */
type TimelineEvent = Pick<TransactionEvent, 'event_type' | 'status' | 'sequence' | 'created_at'>;

/** Events in the order in which they happened. */
function inOrder(events: TimelineEvent[]): TimelineEvent[] {
  return events.toSorted(
    (one, other) => one.sequence - other.sequence || one.created_at.localeCompare(other.created_at),
  );
}

/** What happened to a payment, on one line: each event, and when it came after the first one. */
export function timelineOf(events: TimelineEvent[], palette: Palette): string {
  const ordered = inOrder(events);
  const startedAt = Date.parse(ordered[0]?.created_at ?? '');
  const parts = ordered.map((event, index) => {
    const word = paint(event, palette);
    const offset = formatOffset(Date.parse(event.created_at) - startedAt);
    return index === 0 ? word : `${word} ${palette.dim(offset)}`;
  });
  return parts.join(palette.dim(' → '));
}

function formatOffset(milliseconds: number): string {
  if (milliseconds < 1_000) return `+${milliseconds} ms`;
  return `+${(milliseconds / 1_000).toFixed(1)} s`;
}

function paint({ event_type, status }: TimelineEvent, { green, red, yellow }: Palette): string {
  const name = event_type === 'status_changed' ? (status ?? event_type) : event_type;
  const word = name.replace(/^payment_/, '').replaceAll('_', ' ');
  if (/completed|refunded/.test(name)) return green(word);
  if (/failed|cancelled/.test(name)) return red(word);
  return name === 'created' ? word : yellow(word);
}
