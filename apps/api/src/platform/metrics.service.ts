import { Inject, Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Config, CONFIG } from '../config.js';
import { buildVersion } from './build-version.js';
import { rarely } from './readings.js';

/** One number of several that are read together. */
export interface Sample {
  name: string;
  labels?: Record<string, string>;
  value: number;
}

/** A metric whose numbers are read when somebody asks. */
export interface ReadMetric {
  name: string;
  help: string;
  labels?: readonly string[];
}

const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const callSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60];
const jobSeconds = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600];

/** What this process counts, for Prometheus. Labels come from closed sets or from providers, never from callers. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();
  private readonly looks: (() => void)[] = [];

  readonly requests = this.counter('http_requests_total', 'Answered requests.', [
    'method',
    'route',
    'status',
  ]);
  readonly requestDuration = this.histogram(
    'http_request_duration_seconds',
    'From the first byte of a request to the last one of its answer.',
    ['method', 'route'],
    requestSeconds,
  );
  readonly rateLimitRefusals = this.counter(
    'rate_limit_refusals_total',
    'Requests beyond a budget: of a partner, of an operator, or of failed attempts to log in.',
    ['policy'],
  );
  readonly providerCalls = this.counter(
    'provider_calls_total',
    'Operations at providers, by their outcome or by how they broke.',
    ['provider', 'operation', 'outcome'],
  );
  readonly providerCallDuration = this.histogram(
    'provider_call_duration_seconds',
    'How long operations at providers took, broken ones too.',
    ['provider', 'operation'],
    callSeconds,
  );
  readonly jobDuration = this.histogram(
    'worker_job_duration_seconds',
    'How long the jobs of the worker took, and whether they failed.',
    ['job', 'result'],
    jobSeconds,
  );
  readonly invariantViolations = this.gauge(
    'invariant_violations',
    'Rows that break an invariant, as of the newest check by this process; NaN: it could not be checked.',
    ['invariant'],
  );
  readonly invariantsChecked = this.gauge(
    'invariants_checked_timestamp_seconds',
    'When this process last checked all invariants.',
    [],
  );
  readonly alerts = this.counter(
    'payment_alerts_total',
    'Things that a person has to look at, by the kind of their review item.',
    ['kind'],
  );
  readonly unmapped = this.counter(
    'provider_unmapped_total',
    'Statuses and codes of providers that are in no table of ours.',
    ['provider', 'code'],
  );
  readonly webhooksReceived = this.counter(
    'webhooks_received_total',
    'Webhooks of providers, by what became of their delivery.',
    ['provider', 'result'],
  );
  readonly webhookAttempts = this.counter(
    'webhook_attempts_total',
    'Attempts at webhooks to partners, by the class of the answer or why there was none.',
    ['outcome'],
  );
  readonly webhooksDisabled = this.counter(
    'webhook_urls_disabled_total',
    'Webhook URLs of partners to which nothing more is sent.',
    ['reason'],
  );
  readonly lifecycleRows = this.counter(
    'lifecycle_rows_total',
    'Rows that jobs of the life cycle moved or deleted.',
    ['job', 'done'],
  );
  readonly lifecycleDuration = this.gauge(
    'lifecycle_duration_seconds',
    'How long the newest run of a job of the life cycle took here.',
    ['job'],
  );

  constructor(@Inject(CONFIG) private readonly config: Config) {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 20 });
    this.gauge('build_info', 'The version of the product; always 1.', ['version']).set(
      { version: buildVersion() },
      1,
    );
  }

  /** Adds a number that is read when somebody asks: NaN when it can't be. */
  addReading(name: string, help: string, read: () => Promise<number>): void {
    const known = rarely(read, this.config.METRICS_READ_EVERY_MS);
    const gauge: Gauge = new Gauge({
      ...{ name, help, registers: [this.registry] },
      collect: async (): Promise<void> => gauge.set((await known()) ?? NaN),
    });
  }

  /** Adds numbers of several kinds that are read together, each with its kind as the label. */
  addReadings(
    name: string,
    help: string,
    label: string,
    read: () => Promise<Record<string, number>>,
  ): void {
    this.addSamples([{ name, help, labels: [label] }], async () => {
      const numbers = Object.entries(await read());
      return numbers.map(([kind, value]) => ({ name, labels: { [label]: kind }, value }));
    });
  }

  /** Adds metrics that are read together from the database. Of what can't be read there is no number. */
  addSamples(metrics: readonly ReadMetric[], read: () => Promise<readonly Sample[]>): void {
    const known = rarely(read, this.config.METRICS_READ_EVERY_MS);
    for (const { name, help, labels = [] } of metrics) {
      const gauge: Gauge = new Gauge({
        ...{ name, help, labelNames: labels, registers: [this.registry] },
        collect: async (): Promise<void> => {
          const samples = (await known()) ?? [];
          gauge.reset();
          // Without labels a reset leaves a zero, which nobody has read.
          if (labels.length === 0) gauge.remove();
          if (samples.length === 0 && labels.length === 0) gauge.set(NaN);
          for (const sample of samples) {
            if (sample.name === name) gauge.set(sample.labels ?? {}, sample.value);
          }
        },
      });
    }
  }

  /** Adds numbers that this process has at hand. */
  addLevels(metrics: readonly ReadMetric[], look: () => readonly Sample[]): void {
    const gauges = new Map(
      metrics.map(({ name, help, labels = [] }) => [name, this.gauge(name, help, [...labels])]),
    );
    this.looks.push(() => {
      for (const { name, labels = {}, value } of look()) gauges.get(name)?.set(labels, value);
    });
  }

  /** Adds numbers that only grow and that something else counts. */
  addTotals({ name, help, labels = [] }: ReadMetric, look: () => readonly Sample[]): void {
    const counter: Counter = new Counter({
      ...{ name, help, labelNames: labels, registers: [this.registry] },
      collect: (): void => {
        counter.reset();
        for (const sample of look()) counter.inc(sample.labels ?? {}, sample.value);
      },
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics in the text format of Prometheus. */
  print(): Promise<string> {
    // Before anything is read: reading takes connections of the pool itself.
    for (const look of this.looks) look();
    return this.registry.metrics();
  }

  private counter<Label extends string>(name: string, help: string, labelNames: Label[]) {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private gauge<Label extends string>(name: string, help: string, labelNames: Label[]) {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  private histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    buckets: number[],
  ) {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }
}
