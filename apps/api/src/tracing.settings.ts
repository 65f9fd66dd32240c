import { oneOf, optional, parsed, type Setting, text } from './settings.js';

const token = /^[!#$%&'*+.^`|~\w-]{1,100}$/;
const printable = /^[\x20-\x7e]{0,4000}$/;

/** Where a process sends its traces, and how many. The names are OpenTelemetry's own. */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(
    parsed('an http:// or https:// URL without user, query and fragment', endpoint, {
      about:
        'The collector that takes traces over OTLP/HTTP, at /v1/traces below this URL. Without one nothing is traced and none of OpenTelemetry is loaded.',
    }),
  ),
  OTEL_EXPORTER_OTLP_HEADERS: optional(
    parsed('<name>=<value>, comma-separated, each value percent-encoded', headers, {
      about: 'What the collector wants sent along, as a key of its own.',
      secret: true,
    }),
  ),
  OTEL_SERVICE_NAME: optional(
    text({
      about: 'The service that traces are of. Without one: `payments-api`, `payments-worker`.',
    }),
  ),
  OTEL_TRACES_SAMPLER: oneOf(['traceidratio', 'parentbased_traceidratio'], {
    about:
      'Who decides whether a request is traced: OTEL_TRACES_SAMPLER_ARG alone, or, with `parentbased_traceidratio`, the `traceparent` of a caller that sends one.',
    default: 'traceidratio',
  }),
  OTEL_TRACES_SAMPLER_ARG: parsed('a number from 0 to 1', ratio, {
    about: 'The part of traces that is kept.',
    default: '1',
  }),
} as const satisfies Record<string, Setting<unknown>>;

/** Where the traces go: the path of the signal stands below the URL, as the specification says. */
function endpoint(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined;
  const url = new URL(value);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  if (!isWeb || url.username || url.password || url.search || url.hash) return undefined;
  url.pathname = `${url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`}v1/traces`;
  return url.toString();
}

function headers(value: string): Readonly<Record<string, string>> | undefined {
  try {
    const entries = value.split(',').map((entry): [string, string] => {
      const [name = '', ...rest] = entry.split('=');
      return [name.trim().toLowerCase(), decodeURIComponent(rest.join('=').trim())];
    });
    const isRight = entries.every(
      ([name, sent]) => token.test(name) && sent && printable.test(sent),
    );
    return isRight ? Object.fromEntries(entries) : undefined;
  } catch {
    return undefined;
  }
}

function ratio(value: string): number | undefined {
  return /^(?:0|1|[01]\.0{1,9}|0?\.\d{1,9})$/.test(value) ? Number(value) : undefined;
}
