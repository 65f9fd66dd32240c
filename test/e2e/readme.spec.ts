import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../support/http.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { rootDir } from '../support/test-run.js';
import { postPayment } from '../factories/payments.js';
import { declineCodes } from '../../libs/providers/src/port.words.js';
import { adyenDeclines } from '../../libs/providers/src/adyen/adyen.refusals.js';
import { payPalDeclines } from '../../libs/providers/src/paypal/paypal.declines.js';
import { stripeDeclines } from '../../libs/providers/src/stripe/stripe.declines.js';
import { guides } from '../../apps/api/src/documentation/guides.js';

const read = (path: string) => readFileSync(join(rootDir, path), 'utf8');
const anyId = /^[\w-]{20,}$/;
const changing = new Set(['id', 'provider_transaction_id', 'request_id', 'user_agent']);

/** What differs from one answer to the next becomes its form. */
function withoutChance(answer: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(answer).map(([name, value]) => {
    if (name.endsWith('_at') && value !== null) return [name, 'a timestamp'];
    return [name, changing.has(name) ? anyId.test(String(value)) || name : value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function markdownBelow(folder: string): string[] {
  return readdirSync(join(rootDir, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}

/** Files and headings that a document links to; code does not count. */
function linksOf(text: string): [file: string, heading: string][] {
  const prose = text.replace(/```[\s\S]*?```|`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links
    .filter((link) => !/^https?:/.test(link))
    .map((link) => {
      const [file = '', heading = ''] = link.split('#');
      return [file, heading];
    });
}

function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Addresses on this host that a page, a script in it or a document refers to. */
function addressesIn(text: string): string[] {
  const found = text.matchAll(/(?:href|src)=\\?["']([^"'\\]+)|\]\((\/[^)]+)\)/g);
  return [...found]
    .map(([, attribute, markdown]) => attribute ?? markdown ?? '')
    .filter((address) => address.startsWith('/'));
}

describe('the README', () => {
  const readme = read('README.md');
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
  });
  afterAll(() => system?.stop());

  it('has a curl that makes the payment that it shows', async () => {
    const [, command = ''] = /```sh\n([^`]*curl [^`]*)```/.exec(readme) ?? [];
    const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];
    const [, path = ''] = /curl http:\/\/127\.0\.0\.1:3000(\S+)/.exec(command) ?? [];
    const [, body = ''] = /-d '([^']+)'/.exec(command) ?? [];
    const headers = [...command.matchAll(/-H (['"])([^:]+): (.+?)\1/g)];
    const given = Object.fromEntries(headers.map(([, , name, value]) => [name, value]));
    expect(given).toMatchObject({ Authorization: 'Bearer $KEY' });
    expect(command).toContain("require('./.local/credentials.json').partner_api_key");
    const answer = await call(system, 'POST', path, {
      ...{ body, idempotencyKey: given['Idempotency-Key'] },
      headers: { 'content-type': given['Content-Type'] ?? '', 'user-agent': 'curl/7.88.1' },
    });
    expect(answer.status).toBe(201);
    const expected = JSON.parse(shown) as Record<string, unknown>;
    expect(withoutChance(answer.body)).toEqual(withoutChance(expected));
    expect(Object.keys(answer.body)).toEqual(Object.keys(expected));
  });

  it.each(['README.md', 'docs/CONTRIBUTING.md'])('%s names only scripts that exist', (document) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(document).matchAll(/npm (?:run )?([a-z][a-z:]*)/g)].map(
      ([, script = '']) => script,
    );
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((script) => script !== 'ci' && !(script in scripts))).toEqual([]);
  });

  it('and every other document link to files and headings that exist', () => {
    const documents = ['README.md', ...markdownBelow('docs')];
    expect(documents.length).toBeGreaterThan(15);
    const dead = documents.flatMap((document) =>
      linksOf(read(document)).flatMap(([file, heading]) => {
        const path = file === '' ? document : join(document, '..', file);
        const exists = existsSync(join(rootDir, path));
        if (exists && (heading === '' || headingsOf(read(path)).includes(heading))) return [];
        return [`${document}: ${file}#${heading}`];
      }),
    );
    expect(dead).toEqual([]);
  });

  it('lists every guide that partners are served, and no other', () => {
    const names = readdirSync(join(rootDir, 'docs/guides')).map((name) => name.replace('.md', ''));
    expect(names.toSorted()).toEqual(guides.map(({ name }) => name).toSorted());
    const unlisted = names.filter((name) => !readme.includes(`](docs/guides/${name}.md)`));
    expect(unlisted).toEqual([]);
  });

  it('is followed by pages whose every link on this host leads somewhere', async () => {
    const seen = new Map<string, number>();
    const open = ['/docs', '/admin/docs', '/docs/openapi.json', '/docs/openapi.yaml'];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [page = '', heading] = next.split('#');
      const { status, text, headers } = await call(system, 'GET', page, { key: null });
      const isThere = heading === undefined || text.includes(` id="${heading}"`);
      seen.set(next, isThere ? status : 404);
      if (!/html|json|css/.test(headers.get('content-type') ?? '')) continue;
      open.push(...addressesIn(text).filter((address) => !seen.has(address)));
    }
    expect([...seen].filter(([, status]) => status !== 200)).toEqual([]);
    const pages = [...guides.map(({ name }) => `/docs/guides/${name}`), '/docs/errors/forbidden'];
    expect([...seen.keys()]).toEqual(expect.arrayContaining(pages));
  });

  it('is followed by guides whose commands lead to this deployment', async () => {
    const { text } = await call(system, 'GET', '/docs/guides/first-payment', { key: null });
    expect(text).toContain(`curl ${system.baseUrl}/v1/transactions`);
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('<title>First payment · Payments API</title>');
  });

  it('is followed by a guide that tells every reason of a decline with its advice', () => {
    const rows = read('docs/guides/first-payment.md').matchAll(/^\| `(\w+)` .*\| `(\w+)` +\|$/gm);
    const told = [...rows].map(([, code = '', advice = '']) => ({ code, advice }));
    expect(told.map(({ code }) => code)).toEqual(declineCodes);
    const shown = [...stripeDeclines, ...adyenDeclines, ...payPalDeclines];
    const untrue = told.filter(
      ({ code, advice }) => !shown.some(({ ours, retry }) => ours === code && retry === advice),
    );
    expect(untrue).toEqual([]);
  });

  it('is followed by a guide to tokens that do what it says', async () => {
    const rows = [...read('docs/guides/testing.md').matchAll(/^\| `([^`]+)` +\| (.+?) +\|$/gm)];
    const told = rows.map(([, token = '', outcome = '']) => {
      const [status, declineCode] = outcome.split(', then')[0]?.match(/[a-z_]+(?=`)/g) ?? [];
      return { token, status, declineCode: declineCode ?? null };
    });
    expect(told.length).toBeGreaterThan(8);
    const shown = told.map(async ({ token }) => {
      const { body } = await postPayment(system, { currency: 'USD', payment_method_token: token });
      return { token, status: body.status, declineCode: body.decline_code };
    });
    expect(await Promise.all(shown)).toEqual(told);
  });
});
