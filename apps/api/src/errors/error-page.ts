import {
  type Audience,
  type DocumentedError,
  documentedError,
  documentedErrors,
} from './error-documentation.js';
import { errorCatalogue, type ErrorCode } from './error-catalogue.js';

const audiences: Record<Audience, string> = {
  partners: 'Payments API',
  operations: 'Operations API only',
  providers: 'Webhooks of payment providers only',
};

/** The documentation page of one error code, or `undefined` when there is no such code. */
export function errorPage(code: string): string | undefined {
  if (!Object.hasOwn(errorCatalogue, code)) return undefined;
  const found = documentedError(code as ErrorCode);
  const parts = [
    ['When it happens', found.when],
    ['What to do', found.advice],
    ['Retry', found.retry],
    ['Idempotency-Key', found.stored],
    ['Where', `${audiences[found.audience]}.`],
  ] as const;
  return page(
    code,
    `<h1><code>${code}</code></h1>
<p><strong>${found.title}.</strong> HTTP status ${found.status}.</p>
${parts.map(([title, text]) => `<h2>${title}</h2>\n<p>${inHtml(text)}</p>`).join('\n')}
<h2>Example</h2>
<pre>${escaped(JSON.stringify(found.example, null, 2))}</pre>
<p><a href="/docs/errors">All error codes</a> · <a href="/docs">Documentation</a></p>`,
  );
}

/** The list of all codes, with links to their pages. */
export function errorIndexPage(): string {
  const row = ({ code, status, title, audience }: DocumentedError) =>
    `<tr><td>${status}<td><a href="/docs/errors/${code}"><code>${code}</code></a><td>${title}<td>${audiences[audience]}`;
  return page(
    'Error codes',
    `<h1>Error codes</h1>
<p>Every error is a problem document (RFC 9457). Its <code>code</code> is one of these; accept others, as the list may grow.</p>
<table>
<tr><th>Status<th>Code<th>Meaning<th>Where
${documentedErrors().map(row).join('\n')}
</table>
<p><a href="/docs">Documentation</a></p>`,
  );
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 56rem; margin: 3rem auto; padding: 0 1rem }
  code, pre { background: #eef; padding: 0.1em 0.3em; border-radius: 0.2em }
  pre { padding: 1rem; overflow-x: auto }
  h2 { font-size: 1rem; margin: 1.5rem 0 0 }
  p { margin: 0.25rem 0 1rem }
  table { border-collapse: collapse }
  th, td { text-align: left; vertical-align: top; padding: 0.25rem 1rem 0.25rem 0 }
</style>
${content}
</html>`;
}

function inHtml(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
