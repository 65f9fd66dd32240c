import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { PaymentsClient } from './client.js';

interface Document {
  paths: Record<string, Record<string, { operationId: string }>>;
}

type Method = (...given: unknown[]) => Promise<unknown>;

const document = JSON.parse(readFileSync('docs/openapi/partner.json', 'utf8')) as Document;
const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

/** What each method of each resource asks for, called with an id for the first thing it takes. */
async function callEverything(): Promise<Map<string, string>> {
  const asked: string[] = [];
  const client = new PaymentsClient({
    apiKey: 'key',
    baseUrl: 'http://payments.test',
    fetch: async (url, { method } = {}) => {
      asked.push(`${method} ${new URL(url).pathname.replace('/an-id', '/{id}')}`);
      return new Response('{"data":[]}');
    },
  });
  const calls = new Map<string, string>();
  for (const [resource, instance] of Object.entries(client) as [string, Record<string, Method>][]) {
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(instance));
    for (const name of names.filter((each) => each !== 'constructor' && each !== 'follow')) {
      const method = instance[name];
      await method.call(instance, method.length === 0 ? {} : 'an-id', {});
      calls.set(`${resource}.${name}`, asked.splice(0).join(', '));
    }
  }
  return calls;
}

describe('the client', () => {
  it('has one method for each operation of the document, and none beside', async () => {
    const calls = await callEverything();
    expect([...calls.values()].toSorted()).toEqual(documented.toSorted());
    expect(calls.get('transactions.create')).toBe('POST /v1/transactions');
    expect(calls.get('refunds.create')).toBe('POST /v1/transactions/{id}/refunds');
  });

  it('is not made without a key or with a base URL that is none', () => {
    const make = (apiKey: string, baseUrl: string) => () => new PaymentsClient({ apiKey, baseUrl });
    expect(make('', 'http://payments.test')).toThrow('apiKey');
    expect(make('a\nkey', 'http://payments.test')).toThrow('apiKey');
    expect(make('key', 'payments.test')).toThrow('no http or https address');
    expect(make('key', 'ftp://payments.test')).toThrow('no http or https address');
  });

  it('does not show its key to who prints it', () => {
    const client = new PaymentsClient({ apiKey: 'secret-key', baseUrl: 'http://payments.test' });
    expect(inspect(client, { depth: 9, showHidden: true })).not.toContain('secret-key');
    expect(JSON.stringify(client)).not.toContain('secret-key');
  });

  it.each(['', '.', '..'])(
    'asks for nothing by the id %p, which would be another path',
    async (id) => {
      const fetch = () => Promise.reject(new Error('asked'));
      const baseUrl = 'http://payments.test';
      const client = new PaymentsClient({ apiKey: 'key', baseUrl, fetch, maxRetries: 0 });
      await expect(client.refunds.get(id)).rejects.toThrow(TypeError);
      await expect(async () => client.transactions.listRefunds(id)).rejects.toThrow(TypeError);
    },
  );
});
