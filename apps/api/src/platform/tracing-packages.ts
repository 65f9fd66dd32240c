/** The packages of OpenTelemetry, as they are loaded. */
export interface OpenTelemetry {
  api: typeof import('@opentelemetry/api');
  core: typeof import('@opentelemetry/core');
  exporter: typeof import('@opentelemetry/exporter-trace-otlp-http');
  resources: typeof import('@opentelemetry/resources');
  sdk: typeof import('@opentelemetry/sdk-trace');
}

/**
 * Loads OpenTelemetry.
 *
 * Each package by its name and here: a file of ours that imported them would be bundled with the
 * entry, and would load them with it.
 */
export async function loadOpenTelemetry(): Promise<OpenTelemetry> {
  const [api, core, exporter, resources, sdk] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace'),
  ]);
  return { api, core, exporter, resources, sdk };
}
