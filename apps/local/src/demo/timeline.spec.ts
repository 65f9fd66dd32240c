import { makePalette } from '../terminal.js';
import { timelineOf } from './timeline.js';

const plain = makePalette({ write: () => true }, {});

function eventAt(second: string, event_type: string, status: string | null, sequence = 1) {
  return { event_type, status, created_at: `2025-01-01T00:00:${second}Z`, sequence };
}

describe('the timeline of a payment', () => {
  it('begins with what happened first, however the api lists it', () => {
    const line = timelineOf(
      [
        eventAt('02.500', 'payment_completed', 'completed', 3),
        eventAt('00.000', 'created', 'processing', 1),
        eventAt('00.040', 'outcome_unknown', null, 2),
      ],
      plain,
    );
    expect(line).toBe('created → outcome unknown +40 ms → completed +2.5 s');
  });

  it('orders events of one instant by their sequence', () => {
    const line = timelineOf(
      [
        eventAt('00.000', 'refund_initiated', 'processing', 4),
        eventAt('00.000', 'created', 'processing', 1),
      ],
      plain,
    );
    expect(line).toBe('created → refund initiated +0 ms');
  });

  it('calls a change of status by the status', () => {
    const events = [eventAt('00.000', 'status_changed', 'partially_refunded', 5)];
    expect(timelineOf(events, plain)).toBe('partially refunded');
  });

  it('is empty without events', () => {
    expect(timelineOf([], plain)).toBe('');
  });
});
