import { makePalette } from '../terminal.js';
import { timelineLines } from './timeline.js';

const plain = makePalette({ write: () => true }, {});

function eventAt(second: string, event_type: string, status: string, sequence?: number) {
  return { event_type, status, created_at: `2025-01-01T00:00:${second}Z`, sequence };
}

describe('the timeline of a payment', () => {
  it('begins with what happened first, however the api lists it', () => {
    const lines = timelineLines(
      [
        eventAt('02.500', 'payment_completed', 'completed', 2),
        eventAt('00.000', 'created', 'processing', 1),
      ],
      plain,
    );
    expect(lines).toEqual([
      '        +0 ms  ├─ created              processing',
      '      +2.50 s  └─ payment_completed    completed',
    ]);
  });

  it('orders events of one instant by their sequence', () => {
    const lines = timelineLines(
      [
        eventAt('00.000', 'refund_initiated', 'processing', 4),
        eventAt('00.000', 'created', 'processing', 1),
      ],
      plain,
    );
    expect(lines[0]).toContain('created');
  });

  it('is empty without events', () => {
    expect(timelineLines([], plain)).toEqual([]);
  });
});
