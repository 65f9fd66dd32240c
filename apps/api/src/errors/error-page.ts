import { catalogueEntry, errorCatalogue, type ErrorCode } from './error-catalogue.js';

/** The documentation page of one error code, or `undefined` when there is no such code. */
export function errorPage(code: string): string | undefined {
  if (!Object.hasOwn(errorCatalogue, code)) return undefined;
  const { status, title, advice, retryable } = catalogueEntry(code as ErrorCode);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${code}</title>
<style>
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem }
  code { background: #eef; padding: 0.1em 0.3em; border-radius: 0.2em }
</style>
<h1><code>${code}</code></h1>
<p><strong>${title}.</strong> HTTP status ${status}.</p>
<p>${advice.replace(/`([^`<]+)`/g, '<code>$1</code>').replace(/<key>/g, '&lt;key&gt;')}</p>
<p>${retryable ? 'The same request may succeed later: repeat it with the same key.' : 'Repeating the same request gives the same answer.'}</p>
<p><a href="/docs">Back to the documentation</a></p>
</html>`;
}
