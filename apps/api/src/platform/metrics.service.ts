import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

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

  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics in the text format of Prometheus. */
  print(): Promise<string> {
    return this.registry.metrics();
  }
}
