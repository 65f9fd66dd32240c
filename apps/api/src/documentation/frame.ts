import { guides } from './guides.js';

/** Whose documentation it is. */
export type Side = 'partners' | 'operations';

export const siteNames: Record<Side, string> = {
  partners: 'Payments API',
  operations: 'Operations API',
};

const links: Record<Side, { href: string; text: string }[]> = {
  partners: [
    { href: '/docs', text: 'Reference' },
    ...guides.map(({ name, title }) => ({ href: `/docs/guides/${name}`, text: title })),
    { href: '/docs/errors', text: 'Errors' },
    { href: '/docs/openapi.json', text: 'OpenAPI' },
  ],
  operations: [
    { href: '/admin/docs', text: 'Reference' },
    { href: '/docs/errors', text: 'Errors' },
    { href: '/admin/docs/openapi.json', text: 'OpenAPI' },
  ],
};

/** The line on top of every page, with links to the others. */
export function siteHeader(side: Side, current?: string): string {
  const here = current ?? links[side][0]?.href;
  const items = links[side].map(({ href, text }) => {
    const mark = href === here ? ' aria-current="page"' : '';
    return `<a href="${href}"${mark}>${text}</a>`;
  });
  const name = `<strong>${siteNames[side]}</strong>`;
  return `<header class="site-header">${name}<nav aria-label="Documentation">${items.join('')}</nav></header>`;
}

/** A page of the documentation. */
export function framed(page: { title: string; path: string; content: string }): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · ${siteNames.partners}</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/page.css">
${siteHeader('partners', page.path)}
<main class="guide">
${page.content}
</main>
</html>`;
}
