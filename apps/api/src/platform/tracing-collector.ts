import type { ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** Where it is said how sending goes. */
interface Log {
  log(message: string): void;
  warn(message: string): void;
}

/** A collector whose failures are said once, until it takes spans again. */
export class Collector implements SpanExporter {
  private isFailing = false;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly success: ExportResultCode,
    private readonly logger: Log,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      this.note(result);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  private note({ code, error }: ExportResult): void {
    const isFailing = code !== this.success;
    if (isFailing === this.isFailing) return;
    this.isFailing = isFailing;
    if (isFailing) {
      this.logger.warn(`the collector takes no spans, which are dropped: ${reasonOf(error)}`);
    } else this.logger.log('the collector takes spans again');
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: string };
  if (typeof code === 'string') return code;
  if (typeof code === 'number') return `status ${code}`;
  return message || 'no reason given';
}
