import { randomUUID } from 'node:crypto';
import { call } from '../support/http.js';
import type { Answer, CallOptions } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import {
  absentIds,
  addressesOf,
  exampleBody,
  readCalls,
  unknownsOf,
} from './support/documented-calls.js';
import type { DocumentedCall, Ids } from './support/documented-calls.js';
import { makePartner } from './support/operations.js';
import { formOf } from './support/problems.js';
import { makeManualIds } from './support/settlements.js';
import { dumpRows, makeIds, readSecrets, readTenant } from './support/tenants.js';
import type { Tenant } from './support/tenants.js';

/** What every partner is told alike. */
const sameForAll = ['listPaymentMethods', 'listCurrencies'];

const isSuccess = ({ status }: Answer<unknown>) => status >= 200 && status < 300;

describe('a partner against another, at every operation of the document', () => {
  let system: TestSystem;
  let victim: Tenant;
  let thief: Tenant;
  let calls: DocumentedCall[];
  let operations: DocumentedCall[];
  let heard: { operationId: string; text: string }[];

  beforeAll(async () => {
    system = await startSystem({ worker: 0, env: { TRUSTED_PROXIES: '127.0.0.1' } });
    victim = await readTenant(system, system.credentials.partner_api_key);
    thief = await readTenant(system, system.credentials.second_partner_api_key);
    calls = await readCalls(system, '/docs/openapi.json');
    operations = await readCalls(system, '/admin/docs/openapi.json');
  });
  beforeEach(() => {
    heard = [];
  });
  // Whatever the thief was told, in whatever attack: nothing of it is the victim's.
  afterEach(async () => {
    const secrets = await readSecrets(system, victim);
    const leaks = heard.filter(({ text }) => secrets.some((secret) => text.includes(secret)));
    expect([...new Set(leaks.map(({ operationId }) => operationId))]).toEqual([]);
  });
  afterAll(() => system?.stop());

  const makeVictimIds = () => makeIds(system, victim, calls);
  const ownIds = async (): Promise<Ids> => {
    const partner = await makePartner(system);
    const ids = await makeVictimIds();
    const payments = ids['/v1/transactions/{id}'] ?? [];
    const manual = await makeManualIds(system);
    return {
      ...ids,
      '/admin/v1/partners/{id}': [partner.id],
      '/admin/v1/transactions/{id}': [...payments, manual.payment],
      '/admin/v1/refunds/{id}': [manual.refund],
    };
  };

  const send = async (
    who: Tenant,
    one: DocumentedCall,
    address: string,
    options: CallOptions = {},
  ) => {
    const body = exampleBody(one);
    const answer = await call(system, one.method, address, { key: who.key, body, ...options });
    if (who === thief) heard.push({ operationId: one.operationId, text: answer.text });
    return answer;
  };

  /** The first address at which the call succeeds; the states of resources differ. */
  const sendOwn = async (who: Tenant, one: DocumentedCall, ids: Ids) => {
    const refusals = [];
    for (const [index, address] of addressesOf(one, ids).entries()) {
      const idempotencyKey = randomUUID();
      const answer = await send(who, one, address, one.method === 'POST' ? { idempotencyKey } : {});
      if (isSuccess(answer)) return { answer, idempotencyKey, index, address };
      refusals.push(answer.text);
    }
    throw new Error(
      `${one.operationId} succeeds with nothing that makeIds() makes, so an attack proves nothing: ${refusals.join(' ')}`,
    );
  };

  const withPath = () => calls.filter(({ path }) => path.includes('{'));
  const withoutPath = () => calls.filter(({ path }) => !path.includes('{'));

  it('knows how to call each of them; makeIds() learns here what a new one needs', async () => {
    const ids = await ownIds();
    const unknown = [...calls, ...operations].flatMap((one) => unknownsOf(one, ids));
    expect([...new Set(unknown)]).toEqual([]);
    expect(calls.length).toBeGreaterThanOrEqual(15);
  });

  it('would say that it can not fill an address or a query', async () => {
    const ids = await makeVictimIds();
    const parameters = [{ name: 'period', in: 'query' as const, required: true, schema: {} }];
    const made = { operationId: 'getNote', method: 'GET', body: undefined };
    const nested = { ...made, parameters, path: '/v1/transactions/{id}/notes/{note_id}' };
    expect(unknownsOf(nested, ids)).toEqual([nested.path, `${nested.path} period`]);
    await expect(
      sendOwn(victim, { ...made, parameters: [], path: '/v1/notes/{id}' }, ids),
    ).rejects.toThrow('getNote succeeds with nothing');
  });

  it('finds the resources of another as absent as what never was, and changes none', async () => {
    for (const one of withPath()) {
      const { operationId } = one;
      const ids = await makeVictimIds();
      const absent = addressesOf(one, absentIds(ids));
      const before = await dumpRows(system, victim);
      for (const [index, address] of addressesOf(one, ids).entries()) {
        const foreign = await send(thief, one, address);
        const nothing = await send(thief, one, absent[index] ?? '');
        expect({ operationId, ...formOf(foreign) }).toEqual({ operationId, ...formOf(nothing) });
        expect({ operationId, status: foreign.status }).toEqual({ operationId, status: 404 });
      }
      const after = await dumpRows(system, victim);
      expect({ operationId, changed: after !== before }).toEqual({ operationId, changed: false });
      await sendOwn(victim, one, ids);
      const changes = (await dumpRows(system, victim)) !== after;
      expect({ operationId, changes }).toEqual({ operationId, changes: one.method !== 'GET' });
    }
  });

  it('is told nothing of another where no id is asked for', async () => {
    await makeVictimIds();
    const silent: string[] = [];
    for (const one of withoutPath()) {
      const { operationId } = one;
      const before = await dumpRows(system, victim);
      const theirs = await send(thief, one, one.path);
      expect({ operationId, success: isSuccess(theirs) }).toEqual({ operationId, success: true });
      expect({ operationId, same: (await dumpRows(system, victim)) === before }).toEqual({
        ...{ operationId, same: true },
      });
      const own = await send(victim, one, one.path);
      expect({ operationId, success: isSuccess(own) }).toEqual({ operationId, success: true });
      const secrets = await readSecrets(system, victim);
      if (one.method === 'GET' && !secrets.some((text) => own.text.includes(text))) {
        silent.push(operationId);
      }
    }
    // Whoever adds a list gives the victim a row of it in makeIds().
    expect(silent.toSorted()).toEqual(sameForAll.toSorted());
  });

  it('gets no use of the idempotency keys of another', async () => {
    const keyed = calls.filter(({ parameters }) =>
      parameters.some(({ name }) => name === 'Idempotency-Key'),
    );
    expect(keyed.length).toBeGreaterThanOrEqual(4);
    for (const one of keyed) {
      const { operationId } = one;
      const { answer, idempotencyKey, index, address } = await sendOwn(
        victim,
        one,
        await makeVictimIds(),
      );
      const before = await dumpRows(system, victim);
      const foreign = one.path.includes('{')
        ? (await send(thief, one, address, { idempotencyKey })).status
        : 404;
      expect({ operationId, foreign }).toEqual({ operationId, foreign: 404 });
      const own = addressesOf(one, await makeIds(system, thief, calls))[index] ?? '';
      const first = await send(thief, one, own, { idempotencyKey });
      expect({ operationId, status: first.status }).toEqual({ operationId, status: answer.status });
      expect(first.headers.get('idempotent-replayed')).toBeNull();
      expect(first.text).not.toBe(answer.text);
      expect((await dumpRows(system, victim)) === before).toBe(true);
      for (const [who, its] of [
        [thief, first],
        [victim, answer],
      ] as const) {
        const again = await send(who, one, who === thief ? own : address, { idempotencyKey });
        expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([its.text, 'true']);
      }
    }
  });

  it('can not hand in fields that name another', async () => {
    const ids = await makeVictimIds();
    const [payment] = ids['/v1/transactions/{id}'] ?? [];
    const common = { id: payment, transaction_id: payment, partner_id: victim.id };
    for (const one of calls.filter(({ body }) => body)) {
      const { operationId } = one;
      const own = await makeIds(system, thief, calls);
      const fields = Object.entries(one.body?.properties ?? {});
      const named = fields.filter(
        ([name, { format }]) => format === 'uuid' || name.endsWith('_id'),
      );
      const stolen = Object.fromEntries(named.map(([name]) => [name, payment]));
      const before = await dumpRows(system, victim);
      for (const [name, value] of Object.entries({ ...common, ...stolen })) {
        const body = { ...exampleBody(one), [name]: value };
        const [address = ''] = addressesOf(one, own);
        const { status } = await send(thief, one, address, { body });
        expect({ operationId, name, refused: status >= 400 && status < 500 }).toEqual({
          ...{ operationId, name, refused: true },
        });
      }
      expect((await dumpRows(system, victim)) === before).toBe(true);
      await sendOwn(thief, one, own);
    }
  });

  it('does not get in with the key of the other side', async () => {
    // From another address each time: one alone may not try so many wrong keys.
    let addresses = 0;
    const anAddress = () => `203.0.113.${addresses++}`;
    const operator = { id: '', marker: '', key: system.credentials.admin_api_key };
    for (const [side, wrong, right] of [
      [calls, operator, victim],
      [operations, thief, operator],
    ] as const) {
      // Once, since each is an attempt of the few that an address has in a minute.
      const keyless = await call(system, 'GET', side[0]?.path ?? '', { key: null });
      for (const one of side) {
        const { operationId } = one;
        const ids = await ownIds();
        const [address = ''] = addressesOf(one, ids);
        const before = await dumpRows(system, victim);
        const headers = { 'x-forwarded-for': anAddress() };
        const refused = await send(wrong, one, address, { headers });
        expect({ operationId, ...formOf(refused) }).toEqual({ operationId, ...formOf(keyless) });
        expect({ operationId, status: refused.status }).toEqual({ operationId, status: 401 });
        expect((await dumpRows(system, victim)) === before).toBe(true);
        await sendOwn(right, one, ids);
      }
    }
  });
});
