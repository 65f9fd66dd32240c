// Puts into dist/ what the pages of the documentation are made of: the guides as HTML, styles and scripts.
import fs from 'node:fs';
import path from 'node:path';
import { Marked } from 'marked';

const root = path.resolve(import.meta.dirname, '../..');
const guidesDir = path.join(root, 'docs/guides');
const assetsDir = path.join(root, 'apps/api/documentation');
const target = path.join(root, 'dist/apps/api/src/documentation');

export function buildDocumentation() {
  fs.mkdirSync(path.join(target, 'guides'), { recursive: true });
  for (const name of fs.readdirSync(assetsDir)) {
    fs.copyFileSync(path.join(assetsDir, name), path.join(target, name));
  }
  for (const name of fs.readdirSync(guidesDir)) {
    const html = renderGuide(fs.readFileSync(path.join(guidesDir, name), 'utf8'), name);
    fs.writeFileSync(path.join(target, 'guides', name.replace('.md', '.html')), html);
  }
}

function renderGuide(text, name) {
  const marked = new Marked({ renderer: { heading, code, table, link: linkOf(name) } });
  return marked.parse(text);
}

/** Each heading can be linked to, by the same id as on GitHub. */
function heading({ tokens, depth, text }) {
  const id = text
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
  return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
}

/** What may be wider than the page scrolls by itself, by keyboard too. */
function code({ text }) {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<pre tabindex="0"><code>${escaped}</code></pre>\n`;
}

function table({ header, rows }) {
  const cells = (row, tag) =>
    row.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('');
  const lines = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
  return `<div class="wide" tabindex="0"><table>\n<tr>${cells(header, 'th')}</tr>\n${lines}\n</table></div>\n`;
}

/** A guide links to other guides and to what the API serves: partners see nothing else of the repository. */
function linkOf(name) {
  return function link({ href, tokens }) {
    const text = this.parser.parseInline(tokens);
    if (/^(https:\/\/|#)/.test(href)) return `<a href="${href}">${text}</a>`;
    const guide = /^([a-z-]+)\.md(#.*)?$/.exec(href);
    if (guide && fs.existsSync(path.join(guidesDir, `${guide[1]}.md`))) {
      return `<a href="/docs/guides/${guide[1]}${guide[2] ?? ''}">${text}</a>`;
    }
    if (href === '../errors.md') return `<a href="/docs/errors">${text}</a>`;
    if (href === '../openapi/partner.json') return `<a href="/docs">${text}</a>`;
    throw new Error(`docs/guides/${name} links to ${href}, which partners do not see.`);
  };
}
