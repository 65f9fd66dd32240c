import { framed } from '../documentation/frame.js';
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
  const content = `<h1><code>${code}</code></h1>
<p><strong>${found.title}.</strong> HTTP status ${found.status}.</p>
${parts.map(([title, text]) => `<h2>${title}</h2>\n<p>${inHtml(text)}</p>`).join('\n')}
<h2>Example</h2>
<pre tabindex="0"><code>${escaped(JSON.stringify(found.example, null, 2))}</code></pre>
<p><a href="/docs/errors">All error codes</a></p>`;
  return framed({ title: code, path: '/docs/errors', content });
}

/** The list of all codes, with links to their pages. */
export function errorIndexPage(): string {
  const row = ({ code, status, title, audience }: DocumentedError) =>
    `<tr><td>${status}<td><a href="/docs/errors/${code}"><code>${code}</code></a><td>${title}<td>${audiences[audience]}`;
  const content = `<h1>Error codes</h1>
<p>Every error is a problem document (RFC 9457). Its <code>code</code> is one of these; accept others, as the list may grow.</p>
<div class="wide" tabindex="0"><table>
<tr><th>Status<th>Code<th>Meaning<th>Where
${documentedErrors().map(row).join('\n')}
</table></div>`;
  return framed({ title: 'Error codes', path: '/docs/errors', content });
}

function inHtml(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
