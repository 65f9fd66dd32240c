import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type Config, CONFIG } from '../config.js';
import { buildVersion } from './build-version.js';
import { Collector } from './tracing-collector.js';
import { loadOpenTelemetry, type OpenTelemetry } from './tracing-packages.js';
import { IdleTurns } from './tracing-turns.js';
import { Tracing, TRACING } from './tracing.js';

const queue = { maxQueueSize: 2_048, maxExportBatchSize: 512, scheduledDelayMillis: 1_000 };
const exportTimeoutMs = 10_000;
const stopWithinMs = 2_000;

/** The tracing of the process, where the settings name a collector. */
@Module({})
export class TracingModule implements OnApplicationShutdown {
  constructor(@Inject(TRACING) private readonly tracing: Tracing | undefined) {}

  async onApplicationShutdown(): Promise<void> {
    await this.tracing?.stop();
  }

  static forProcess(name: string): DynamicModule {
    const useFactory = (config: Config) => openTracing(config, name);
    return {
      module: TracingModule,
      global: true,
      providers: [{ provide: TRACING, inject: [CONFIG], useFactory }],
      exports: [TRACING],
    };
  }
}

async function openTracing(config: Config, name: string): Promise<Tracing | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: headers = {} } = config;
  if (url === undefined) return undefined;
  const packages = await loadOpenTelemetry();
  const { api, core, exporter, resources, sdk } = packages;
  const logger = new Logger('Tracing');
  warnOfDrops(api, logger);
  const otlp = new exporter.OTLPTraceExporter({ url, headers, timeoutMillis: exportTimeoutMs });
  const turns = new IdleTurns(
    new sdk.BatchSpanProcessor({
      ...{
        exporter: new Collector(otlp, core.ExportResultCode.SUCCESS, logger),
        exportTimeoutMillis: exportTimeoutMs,
      },
      ...queue,
    }),
  );
  const provider = new sdk.TracerProvider({
    sampler: samplerOf(config, packages),
    resource: resources.resourceFromAttributes({
      'service.name': config.OTEL_SERVICE_NAME ?? `payments-${name}`,
      'service.version': buildVersion(),
      'deployment.environment.name': config.ENVIRONMENT,
    }),
    spanProcessors: [turns],
  });
  const stop = async () => {
    const sent = provider.shutdown().catch(() => undefined);
    await Promise.race([sent, sleep(stopWithinMs, undefined, { ref: false })]);
  };
  return new Tracing(packages, provider.getTracer('payments'), turns, stop);
}

/** Said once: a collector that is too slow stays so. */
function warnOfDrops({ diag, DiagLogLevel }: OpenTelemetry['api'], logger: Logger): void {
  let isSaid = false;
  const warn = (message: string) => {
    if (!isSaid) logger.warn(message);
    isSaid = true;
  };
  const ignore = () => undefined;
  const log = { warn, error: ignore, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(log, DiagLogLevel.WARN);
}

function samplerOf(config: Config, { sdk }: OpenTelemetry) {
  const ratio = new sdk.TraceIdRatioBasedSampler(config.OTEL_TRACES_SAMPLER_ARG);
  if (config.OTEL_TRACES_SAMPLER === 'traceidratio') return ratio;
  return new sdk.ParentBasedSampler({ root: ratio });
}
