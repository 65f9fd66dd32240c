const timeoutMs = 10_000;
const mostRedirects = 5;

/** What a payer does on the page of a provider. */
export type Decision = 'approve' | 'decline';

/**
 * Presses a button on a payer's page and follows the browser's way back.
 *
 * @param origins whose redirects are followed; the first address elsewhere is where the payer lands
 * @returns the address on which the payer lands
 */
export async function decideAsPayer(
  pageUrl: string,
  decision: Decision,
  origins: readonly string[],
): Promise<string> {
  const page = await fetch(pageUrl, { signal: AbortSignal.timeout(timeoutMs) });
  const html = await page.text();
  const action = /<form[^>]*\saction="([^"]*)"/.exec(html)?.[1];
  if (page.status !== 200 || action === undefined) {
    throw new Error(`${pageUrl} has nothing to press (HTTP ${page.status})`);
  }
  const target = new URL(action.replaceAll('&#38;', '&').replaceAll('&amp;', '&'), page.url);
  let answer = await visit(target, { method: 'POST', body: new URLSearchParams({ decision }) });
  let landed = target;
  for (let count = 0; count < mostRedirects; count++) {
    const location = answer.headers.get('location');
    if (location === null) break;
    landed = new URL(location, landed);
    if (!origins.includes(landed.origin)) break;
    answer = await visit(landed);
  }
  return landed.href;
}

async function visit(url: URL, options: RequestInit = {}): Promise<Response> {
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await fetch(url, { ...options, redirect: 'manual', signal });
  await answer.body?.cancel();
  if (answer.status < 400) return answer;
  throw new Error(`${url.origin}${url.pathname} answered HTTP ${answer.status}`);
}
