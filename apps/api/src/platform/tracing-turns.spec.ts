import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { IdleTurns } from './tracing-turns.js';

describe('the spans of a turn', () => {
  const passed: string[] = [];
  const next = { onEnd: ({ name }: ReadableSpan) => passed.push(name) } as unknown as SpanProcessor;
  const turns = new IdleTurns(next);
  const end = (traceId: string, name: string) =>
    turns.onEnd({ name, spanContext: () => ({ traceId }) } as unknown as ReadableSpan);

  beforeEach(() => passed.splice(0));

  it('wait for its end, and go on or are dropped', () => {
    turns.hold('busy');
    turns.hold('idle');
    for (const trace of ['busy', 'idle', 'request']) end(trace, `of ${trace}`);
    expect(passed).toEqual(['of request']);
    turns.settle('busy', true);
    turns.settle('idle', false);
    expect(passed).toEqual(['of request', 'of busy']);
  });

  it('are never held in any number: who makes many is at work', () => {
    turns.hold('long');
    for (let number = 0; number < 600; number++) end('long', String(number));
    expect(passed).toHaveLength(600);
    turns.settle('long', false);
    expect(passed).toHaveLength(600);
  });
});
