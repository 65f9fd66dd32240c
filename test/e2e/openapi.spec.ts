import { storedDocument } from '../support/documents.js';
import { call } from '../support/http.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { type DocumentedCall, readCalls } from './support/documented-calls.js';
import { findPlaces } from './support/dump.js';
import { expectProblem } from './support/problems.js';
import { textPlaces } from './support/text-places.js';

interface Operation {
  operationId: string;
  responses: Record<string, { content?: Record<string, ErrorContent> }>;
}

interface ErrorContent {
  schema: { $ref: string };
  examples?: Record<string, unknown>;
}

interface OpenApi {
  components: {
    schemas: { Problem: { properties: { code: { 'x-extensible-enum': string[] } } } } & Record<
      string,
      { properties?: Record<string, unknown> }
    >;
  };
  paths: Record<string, Record<string, Operation>>;
}

const documents = [
  { name: 'partner', url: '/docs/openapi.json', path: 'docs/openapi/partner.json' },
  { name: 'operations', url: '/admin/docs/openapi.json', path: 'docs/openapi/operations.json' },
];

/** Passes as a card's and stands nowhere else in the tests. */
const cardNumber = '4000 0566 5566 5556';
const injection = `'; DROP TABLE transactions; -- " OR 1=1 \\ $1`;
const internals = ['surprise', 'id', 'partner_id', 'version', 'livemode', 'created_at'];
/** What these stand in says it for them. */
const insideWebhooks = /^(?:DeletedResource|TestedObject|\w+WebhookData)$/;
const anyId = '01a204f6-8b21-75d4-9000-cf3e3ac1518e';

function operationsOf({ paths }: OpenApi) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );
}

describe.each(documents)('the OpenAPI document of the $name API', ({ url, path: file }) => {
  let system: TestSystem;
  let served: OpenApi;
  let calls: DocumentedCall[];

  beforeAll(async () => {
    system = await startSystem({ worker: 0, sandbox: false });
    served = (await call<OpenApi>(system, 'GET', url, { key: null })).body;
    calls = await readCalls(system, url);
  });
  afterAll(() => system?.stop());

  const ownKey = () =>
    system.credentials[url.startsWith('/admin') ? 'admin_api_key' : 'partner_api_key'];

  it('is the one in the repository: a change is seen in review', () => {
    const stored = storedDocument(file, () => JSON.stringify(served, null, 2));
    expect(served).toEqual(JSON.parse(stored));
  });

  it('names every operation by a verb, and none twice', () => {
    const ids = operationsOf(served).map(({ operationId }) => operationId);
    const verbs = /^(?:create|list|get|update|delete|confirm|cancel|rotate|settle)[A-Z][A-Za-z]+$/;
    expect(ids.filter((id) => !verbs.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says of every resource whether it is of live mode', () => {
    const resources = Object.entries(served.components.schemas).filter(
      ([name, { properties = {} }]) =>
        'object' in properties && !('data' in properties) && !insideWebhooks.test(name),
    );
    expect(resources.length).toBeGreaterThan(2);
    const silent = resources.filter(([, { properties = {} }]) => !('livemode' in properties));
    expect(silent.map(([schema]) => schema)).toEqual([]);
  });

  it('lists the errors of every operation as problem documents', () => {
    const wrong = operationsOf(served).flatMap(({ operationId, responses }) => {
      const errors = Object.entries(responses).filter(([status]) => Number(status) >= 400);
      const undocumented = errors.filter(
        ([, { content }]) =>
          content?.['application/problem+json']?.schema.$ref !== '#/components/schemas/Problem',
      );
      const missing = ['401', '429', '503'].filter((status) => !responses[status]);
      return [...undocumented.map(([status]) => status), ...missing].map(
        (status) => `${operationId} ${status}`,
      );
    });
    expect(wrong).toEqual([]);
  });

  it('lists the codes that its callers can meet, and none of another side alone', () => {
    const listed = served.components.schemas.Problem.properties.code['x-extensible-enum'];
    const possible = operationsOf(served).flatMap(({ responses }) =>
      Object.values(responses).flatMap(({ content }) =>
        Object.keys(content?.['application/problem+json']?.examples ?? {}),
      ),
    );
    expect(possible.filter((code) => !listed.includes(code))).toEqual([]);
    expect(listed.includes('transaction_not_settleable')).toBe(url.startsWith('/admin'));
    expect(listed).not.toContain('webhook_signature_invalid');
  });

  it('tells the truth about calls without a key, with a wrong key and of nothing that exists', async () => {
    for (const { path, method, operationId, responses } of operationsOf(served)) {
      const address = path.replace('{id}', anyId);
      const body = method === 'get' ? undefined : {};
      for (const key of [null, 'wrong', ownKey()]) {
        const answer = await call(system, method.toUpperCase(), address, { key, body });
        const possible = key === ownKey() ? Object.keys(responses) : ['401'];
        expect({ operationId, possible }).toEqual({
          operationId,
          possible: expect.arrayContaining([String(answer.status)]) as string[],
        });
      }
    }
  });

  it('names every parameter: another one, or the same one twice, is refused on every route', async () => {
    for (const { method, path, operationId, parameters, body: takesBody } of calls) {
      const address = path.replace('{id}', anyId);
      const ask = async (query: string, body?: object) => {
        const answer = await call(system, method, `${address}?${query}`, { key: ownKey(), body });
        const { errors } = expectProblem(answer, 400, 'parameter_invalid');
        return { operationId, params: errors?.map(({ param, code }) => `${code} ${param}`) };
      };
      const body = takesBody && {};
      const unknown = { operationId, params: ['unknown_parameter surprise'] };
      expect(await ask('surprise=1', body)).toEqual(unknown);
      const fields = takesBody ? internals : ['surprise'];
      for (const name of method === 'GET' ? [] : fields) {
        const own = { operationId, params: [`unknown_parameter ${name}`] };
        expect(await ask('', { [name]: anyId })).toEqual(own);
      }
      const [known] = parameters.filter((each) => each.in === 'query');
      if (!known) continue;
      expect(await ask(`${known.name}=1&${known.name}=1`, body)).toEqual({
        ...{ operationId, params: [`repeated_parameter ${known.name}`] },
      });
    }
  });

  it('takes SQL in every text as text or refuses it, and NUL is malformed', async () => {
    for (const one of calls) {
      for (const { place, address, options } of textPlaces(one, anyId, injection)) {
        const answer = await call(system, one.method, address, { key: ownKey(), ...options });
        const said = { place, status: answer.status < 500, text: !/syntax|pg_/i.test(answer.text) };
        expect(said).toEqual({ place, status: true, text: true });
      }
      for (const { place, address, options } of textPlaces(one, anyId, 'a\0b')) {
        if (options.headers) continue;
        const answer = await call(system, one.method, address, { key: ownKey(), ...options });
        expect({ place, code: answer.body.code }).toEqual({ place, code: 'malformed_request' });
      }
    }
  });

  it('has no place for a card number, which is refused in every text and kept nowhere', async () => {
    const agent = { 'user-agent': 'marker-agent' };
    await call(system, 'GET', url, { key: 'wrong', headers: agent });
    for (const one of calls) {
      const path = one.path.replace('{id}', anyId);
      const known = await call(system, one.method, path, { key: ownKey(), headers: agent });
      expect(known.text).not.toContain('card_data');
      for (const { place, address, options } of textPlaces(one, anyId, cardNumber)) {
        const answer = await call(system, one.method, address, { key: ownKey(), ...options });
        expect({ place, code: answer.body.code }).toEqual({ place, code: 'card_data_not_allowed' });
      }
    }
    // What the process still holds in memory is written and logged at the end.
    await system.kill('api', 'SIGTERM');
    const forms = [cardNumber, cardNumber.replaceAll(' ', '')];
    expect(await findPlaces(system.database.admin, forms)).toEqual([]);
    const control = await findPlaces(system.database.admin, ['marker-agent']);
    expect(control).toContain('audit_logs.user_agent');
    expect(forms.filter((form) => system.logs().includes(form))).toEqual([]);
  });
});
