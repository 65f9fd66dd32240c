import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../support/http.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { rootDir } from '../support/test-run.js';

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

  it.each(['README.md', 'docs/CONTRIBUTING.md', 'docs/configuration.md'])(
    '%s links to files that exist',
    (document) => {
      const folder = join(document, '..');
      const links = [...read(document).matchAll(/\]\(([^)#]+)/g)].map(([, link = '']) => link);
      const files = links.filter((link) => !/^https?:/.test(link));
      expect(files.filter((file) => !existsSync(join(rootDir, folder, file)))).toEqual([]);
    },
  );
});
