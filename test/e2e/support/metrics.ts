import { call } from '../../support/http.js';
import type { CallTarget } from '../../support/http.js';

/** The value of every series, by its name and labels as Prometheus prints them. */
export type Series = ReadonlyMap<string, number>;

/** How often the API met a code of a provider that is in no table of ours. */
export async function unmappedCount(
  api: CallTarget,
  provider: string,
  code: string,
): Promise<number> {
  const { text } = await call(api, 'GET', '/metrics', { key: null });
  return seriesOf(text).get(`provider_unmapped_total{provider="${provider}",code="${code}"}`) ?? 0;
}

/** The metrics that a process serves at a port. */
export async function readMetrics(origin: string): Promise<Series> {
  const response = await fetch(new URL('/metrics', origin));
  return seriesOf(await response.text());
}

function seriesOf(text: string): Series {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}
