import type { FastifyReply } from 'fastify';
import type { SandboxProvider } from './provider.js';
import { isWebAddress } from './url.js';

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --strong: #2457d6; --on-strong: #fff; --link: #2457d6; }
@media (prefers-color-scheme: dark) { :root { --link: #9db8ff; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; }
table { width: 100%; border-collapse: collapse; } td { padding: .4rem .75rem .4rem 0; vertical-align: top;
border-top: 1px solid var(--line); } td:first-child { width: 40%; } code { font-size: .9em;
background: var(--soft); padding: .1em .35em; border-radius: .3em; overflow-wrap: anywhere; }
main.card { max-width: 24rem; margin: 12vh auto; border: 1px solid var(--line); border-radius: .75rem;
padding: 2rem; } .amount { font-size: 2rem; margin: .5rem 0; } form { display: flex; gap: .75rem;
margin-top: 1.5rem; } button { flex: 1; font: inherit; padding: .65rem; border-radius: .5rem; cursor: pointer;
border: 1px solid var(--line); background: none; color: inherit; } button.main { background: var(--strong);
border-color: var(--strong); color: var(--on-strong); } a { color: var(--link); } :focus-visible { outline: 3px solid var(--strong);
outline-offset: 2px; } .muted { opacity: .8; font-size: .9rem; } .amount, p { overflow-wrap: anywhere; }`;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${style}</style></head>
<body>${body}</body></html>`;
}

export function plainPage(title: string, text: string): string {
  return page(
    title,
    `<main class="card"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main>`,
  );
}

export function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(html);
}

/** Which button of the payer's page was pressed, if any. */
export function decisionOf(body: string | undefined): 'approve' | 'decline' | undefined {
  const decision = new URLSearchParams(body ?? '').get('decision');
  return decision === 'approve' || decision === 'decline' ? decision : undefined;
}

/** For a form that came without a decision. */
export function askAgain(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 400, plainPage('What now?', 'Please approve or decline.'));
}

const card = { title: 'Confirm your card payment', place: 'Sandbox bank' };

/** What a payer's page says of each method, and who it plays. */
const methods = {
  card,
  ideal: { title: 'Pay with iDEAL', place: 'Sandbox bank' },
  alipay: { title: 'Pay with Alipay', place: 'Sandbox wallet' },
  grabpay: { title: 'Pay with GrabPay', place: 'Sandbox wallet' },
  paypal: { title: 'Pay with PayPal', place: 'Sandbox wallet' },
  crypto: { title: 'Pay with crypto', place: 'Sandbox wallet' },
} as const;

/** The page on which a payer approves or declines; both buttons post to `action`. */
export function payerPage(payment: {
  id: string;
  /** By which the payer pays; whatever has no words of its own is a card. */
  method: string;
  amount: string;
  description?: string;
  action: string;
}): string {
  const { id, method, amount, description = '', action } = payment;
  const { title, place } = Object.hasOwn(methods, method)
    ? methods[method as keyof typeof methods]
    : card;
  return page(
    title,
    `<main class="card"><p class="muted">${place}: no real money moves</p><h1>${title}</h1>
<p class="amount">${escapeHtml(amount)}</p><p>${escapeHtml(description)}</p>
<p class="muted">Payment <code>${escapeHtml(id)}</code></p>
<form method="post" action="${escapeHtml(action)}">
<button class="main" name="decision" value="approve">Approve</button>
<button name="decision" value="decline">Decline</button></form></main>`,
  );
}

const ends = {
  paid: 'This payment has been made.',
  approved: 'You have approved this payment.',
  declined: 'This payment was declined.',
  cancelled: 'The shop has cancelled this payment.',
  pending: 'This payment is under way.',
} as const;

/** For a payer who comes to the page, or presses a button again, when nothing is to be decided any more. */
export function sendClosedPage(
  reply: FastifyReply,
  end: keyof typeof ends,
  shopUrl?: string,
): FastifyReply {
  const isOpen = shopUrl !== undefined && isWebAddress(shopUrl);
  const back = isOpen ? `<p>${link('Back to the shop', shopUrl)}</p>` : '';
  const body = `<main class="card"><h1>Nothing left to do</h1><p>${ends[end]}</p>${back}</main>`;
  return sendPage(reply, 200, page('Nothing left to do', body));
}

const controls = [
  ['GET /_sandbox/charges', 'the ledger; ?transaction_id= filters'],
  ['GET /_sandbox/refunds', 'refunds; ?transaction_id= filters'],
  ['POST /_sandbox/refunds', '{provider, payment_id, amount}: refund by hand, in minor units'],
  ['GET /_sandbox/webhooks', 'webhooks sent and waiting; ?payloads=true shows those that wait'],
  ['POST /_sandbox/webhooks/hold', 'hold all webhooks back'],
  ['POST /_sandbox/webhooks/release', '{discard?}: let them go, or drop them'],
  ['POST /_sandbox/behaviour', '{script?, latency_ms?, times?, path?, method?} for the next calls'],
  ['DELETE /_sandbox/behaviour', 'back to normal'],
  ['POST /_sandbox/outage', '{duration_ms}: refuse connections for a while'],
  ['DELETE /_sandbox/state', 'forget everything'],
  ['GET /_sandbox/health', 'is it up'],
] as const;

export function indexPage(providers: readonly SandboxProvider[]): string {
  const parts = [
    '<h1>Payment provider sandbox</h1>',
    '<p>Speaks the wire APIs of payment providers. No real money moves.</p>',
  ];
  for (const provider of providers) {
    const open = provider.openPages();
    if (open.length > 0) {
      parts.push(`<h2>${provider.name}: payments that wait for the payer</h2>`);
      parts.push(rows(open.map(({ title, url }) => [link(title, url), ''])));
    }
    for (const { title, values } of provider.magicValues) {
      parts.push(`<h2>${provider.name}: ${escapeHtml(title)}</h2>`);
      parts.push(rows(values.map(({ value, says }) => [code(value), escapeHtml(says)])));
    }
  }
  parts.push(
    '<h2>Control</h2>',
    rows(controls.map(([call, says]) => [code(call), escapeHtml(says)])),
  );
  return page('Payment provider sandbox', parts.join('\n'));
}

function rows(cells: readonly (readonly [string, string])[]): string {
  const lines = cells.map(([left, right]) => `<tr><td>${left}</td><td>${right}</td></tr>`);
  return `<table>${lines.join('\n')}</table>`;
}

function link(title: string, url: string): string {
  return `<a href="${escapeHtml(url)}">${escapeHtml(title)}</a>`;
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}
