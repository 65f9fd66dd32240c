import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

const mostHeld = 512;

/** Holds back the spans of a turn until it is known whether it did anything: most polls find nothing. */
export class IdleTurns implements SpanProcessor {
  private readonly held = new Map<string, ReadableSpan[]>();

  constructor(private readonly next: SpanProcessor) {}

  hold(traceId: string): void {
    this.held.set(traceId, []);
  }

  /** Lets the spans of a trace go on, or drops them. */
  settle(traceId: string, isKept: boolean): void {
    const spans = this.held.get(traceId) ?? [];
    this.held.delete(traceId);
    if (isKept) for (const span of spans) this.next.onEnd(span);
  }

  onStart(): void {
    // Only what has ended is sent.
  }

  /** Who makes so many spans is not idle. */
  onEnd(span: ReadableSpan): void {
    const { traceId } = span.spanContext();
    const spans = this.held.get(traceId);
    if (!spans) return this.next.onEnd(span);
    if (spans.push(span) > mostHeld) this.settle(traceId, true);
  }

  forceFlush(): Promise<void> {
    return this.next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.next.shutdown();
  }
}
