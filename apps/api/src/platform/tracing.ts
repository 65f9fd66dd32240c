import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attributes, Context, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import type { OpenTelemetry } from './tracing-packages.js';
import type { IdleTurns } from './tracing-turns.js';

/** The token under which modules inject the tracing, which is undefined where nothing is traced. */
export const TRACING = Symbol('TRACING');

/**
 * The spans of a process: requests and turns of jobs, and below each of them its calls.
 *
 * Nothing that a caller sends, no value of a statement and no message of an error is in one.
 */
export class Tracing {
  private readonly current = new AsyncLocalStorage<Span>();

  constructor(
    private readonly packages: OpenTelemetry,
    private readonly tracer: Tracer,
    private readonly turns: IdleTurns,
    /** Sends what is there, and waits no longer than it may. */
    readonly stop: () => Promise<void>,
  ) {}

  /** Begins the span of a request, within the trace of the caller when it names one. */
  openRequest(name: string, attributes: Attributes, traceparent: unknown): Span {
    const { api, core } = this.packages;
    const given = typeof traceparent === 'string' ? core.parseTraceParent(traceparent) : null;
    const caller = given && { ...given, isRemote: true };
    const parent = caller ? api.trace.setSpanContext(api.ROOT_CONTEXT, caller) : api.ROOT_CONTEXT;
    return this.tracer.startSpan(name, { kind: api.SpanKind.SERVER, attributes }, parent);
  }

  /** Whatever `run` calls, at once and later, belongs to the span. */
  within<T>(span: Span, run: () => T): T {
    return this.current.run(span, run);
  }

  /** Begins the span of a call; none when what it would belong to is over or not traced. */
  openCall(sketch: () => [name: string, attributes: Attributes]): Span | undefined {
    const parent = this.current.getStore();
    if (!parent?.isRecording()) return undefined;
    const [name, attributes] = sketch();
    const { SpanKind, trace, ROOT_CONTEXT } = this.packages.api;
    const options: SpanOptions = { kind: SpanKind.CLIENT, attributes };
    return this.tracer.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, parent));
  }

  /** Ends the span with its call. */
  async until<T>(span: Span | undefined, call: Promise<T>): Promise<T> {
    if (!span) return call;
    try {
      return await call;
    } catch (error) {
      this.fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  /** Runs a turn of a job as a trace of its own. One that found nothing to do leaves none, unless it is rare. */
  async turn(job: string, isRare: boolean, run: () => Promise<number>): Promise<number> {
    const root: Context = this.packages.api.ROOT_CONTEXT;
    const attributes = { 'payments.job': job };
    const span = this.tracer.startSpan(`job ${job}`, { attributes }, root);
    const { traceId } = span.spanContext();
    if (!isRare) this.turns.hold(traceId);
    let done: number | undefined;
    try {
      done = await this.within(span, run);
      span.setAttribute('payments.job.done', done);
      return done;
    } catch (error) {
      this.fail(span, error);
      throw error;
    } finally {
      span.end();
      this.turns.settle(traceId, done !== 0);
    }
  }

  /** Marks what failed by the kind of the error: its message may hold what was sent. */
  fail(span: Span, error: unknown): void {
    const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
    const kind = typeof code === 'string' ? code : name;
    span.setAttribute('error.type', typeof kind === 'string' ? kind : 'error');
    this.markFailed(span);
  }

  markFailed(span: Span): void {
    span.setStatus({ code: this.packages.api.SpanStatusCode.ERROR });
  }
}
