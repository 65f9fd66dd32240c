import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';

/** What this process counts, for Prometheus. Labels come from closed sets or from providers, never from callers. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();

  readonly alerts = new Counter({
    name: 'payment_alerts_total',
    help: 'Things that a person has to look at, by the kind of their review item.',
    labelNames: ['kind'] as const,
    registers: [this.registry],
  });
  readonly unmapped = new Counter({
    name: 'provider_unmapped_total',
    help: 'Statuses and codes of providers that are in no table of ours.',
    labelNames: ['provider', 'code'] as const,
    registers: [this.registry],
  });
  readonly webhooksReceived = new Counter({
    name: 'webhooks_received_total',
    help: 'Webhooks of providers, by what became of their delivery.',
    labelNames: ['provider', 'result'] as const,
    registers: [this.registry],
  });

  readonly webhookAttempts = new Counter({
    name: 'webhook_attempts_total',
    help: 'Attempts at webhooks to partners, by the class of the answer or why there was none.',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });
  readonly webhooksDisabled = new Counter({
    name: 'webhook_urls_disabled_total',
    help: 'Webhook URLs of partners to which nothing more is sent.',
    labelNames: ['reason'] as const,
    registers: [this.registry],
  });
  readonly lifecycleRows = new Counter({
    name: 'lifecycle_rows_total',
    help: 'Rows that jobs of the life cycle moved or deleted.',
    labelNames: ['job', 'done'] as const,
    registers: [this.registry],
  });
  readonly lifecycleDuration = new Gauge({
    name: 'lifecycle_duration_seconds',
    help: 'How long the newest run of a job of the life cycle took here.',
    labelNames: ['job'] as const,
    registers: [this.registry],
  });

  /** Adds the times of the newest successes, which are read when somebody asks. */
  addLastSuccesses(read: () => Promise<(readonly [job: string, at: Date])[]>): void {
    const gauge = new Gauge({
      name: 'lifecycle_last_success_timestamp_seconds',
      help: 'When a job of the life cycle last came to its end, in any process.',
      labelNames: ['job'] as const,
      registers: [this.registry],
      collect: async (): Promise<void> => {
        for (const [job, at] of await read().catch(() => []))
          gauge.set({ job }, at.getTime() / 1e3);
      },
    });
  }

  /** Adds a number that is read when somebody asks: NaN when it can't be. */
  addReading(name: string, help: string, read: () => Promise<number>): void {
    const gauge: Gauge = new Gauge({
      ...{ name, help, registers: [this.registry] },
      collect: async (): Promise<void> => gauge.set(await read().catch(() => NaN)),
    });
  }

  /** Adds numbers of several kinds that are read together, each with its kind as the label. */
  addReadings(
    name: string,
    help: string,
    label: string,
    read: () => Promise<Record<string, number>>,
  ): void {
    const gauge: Gauge = new Gauge({
      ...{ name, help, labelNames: [label], registers: [this.registry] },
      collect: async (): Promise<void> => {
        const numbers = await read().catch(() => ({}));
        gauge.reset();
        for (const [kind, number] of Object.entries(numbers)) gauge.set({ [label]: kind }, number);
      },
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics in the text format of Prometheus. */
  print(): Promise<string> {
    return this.registry.metrics();
  }
}
