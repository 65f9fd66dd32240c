import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.js';

type Value = { stringValue?: string; intValue?: number };

/** A span as it was sent. */
export interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: { key: string; value: Value }[];
  status: { code: number };
}

interface Batch {
  resourceSpans: {
    resource: { attributes: SentSpan['attributes'] };
    scopeSpans: { spans: SentSpan[] }[];
  }[];
}

/** A collector of traces over OTLP/HTTP, on this machine. */
export class TestCollector {
  /** What it answers; 0 for nothing at all. */
  status = 200;
  private readonly taken: string[] = [];

  private constructor(private readonly receiver: WebhookReceiver) {}

  static async start(): Promise<TestCollector> {
    const receiver = await startReceiver((response, { url, body, headers }) => {
      const { status } = collector;
      if (status === 200) collector.taken.push(body);
      const isKnown = url === '/otlp/v1/traces' && headers['x-collector-key'] === 'a key';
      if (status > 0) response.writeHead(isKnown ? status : 404).end('{}');
    });
    const collector = new TestCollector(receiver);
    return collector;
  }

  get settings(): Record<string, string> {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.receiver.port}/otlp`,
      OTEL_EXPORTER_OTLP_HEADERS: 'X-Collector-Key=a%20key',
    };
  }

  /** Everything that it took, as it came. */
  get text(): string {
    return this.taken.join('\n');
  }

  get spans(): SentSpan[] {
    const all = this.batches.flatMap(({ resourceSpans }) => resourceSpans);
    return all.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  }

  get services(): Set<unknown> {
    const all = this.batches.flatMap(({ resourceSpans }) => resourceSpans);
    return new Set(all.map(({ resource }) => valuesOf(resource)['service.name']));
  }

  stop(): Promise<void> {
    return this.receiver.stop();
  }

  private get batches(): Batch[] {
    return this.taken.map((body) => JSON.parse(body) as Batch);
  }
}

/** The attributes by their names. */
export function valuesOf(of: Pick<SentSpan, 'attributes'> | undefined): Record<string, unknown> {
  return Object.fromEntries(
    (of?.attributes ?? []).map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
  );
}
