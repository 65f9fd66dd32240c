import { call } from '../../support/http.js';
import type { CallTarget } from '../../support/http.js';

/** How often the API met a code of a provider that is in no table of ours. */
export async function unmappedCount(
  api: CallTarget,
  provider: string,
  code: string,
): Promise<number> {
  const { text } = await call(api, 'GET', '/metrics', { key: null });
  const line = `provider_unmapped_total{provider="${provider}",code="${code}"} `;
  return Number(text.split(line)[1]?.split('\n')[0] ?? 0);
}
