import { createPayment, postRefund } from '../factories/payments.js';
import type { List, Payment, Refund } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { readAllPages } from './support/pages.js';
import { expectProblem } from './support/problems.js';

const declined = { payment_method_token: 'pm_card_visa_chargeDeclined' };

/** Each payment with the microsecond in which it was made, and the one after that. */
const momentsOfPayments = `
SELECT id, to_char(created_at AT TIME ZONE 'UTC', format) AS at,
  to_char((created_at + interval '1 microsecond') AT TIME ZONE 'UTC', format) AS next
FROM transactions, (VALUES ('YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS wanted (format)
ORDER BY created_at`;

describe('the list of payments', () => {
  let system: TestSystem;
  /** In the order in which they were made. */
  const made: Payment[] = [];

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
    for (let batch = 0; batch < 10; batch++) {
      const few = Array.from({ length: 6 }, (_, index) => {
        const reference = `order-${batch}`;
        if (index === 0) return createPayment(system, { ...declined, reference });
        if (index === 1) return createPayment(system, { currency: 'EUR', reference });
        if (index === 2) return createPayment(system, { confirm: false, reference });
        if (index === 3 && batch === 0) return createPayment(system, transfer);
        return createPayment(system, { reference });
      });
      made.push(...(await Promise.all(few)));
    }
    made[2] = await cancel(made[2]?.id ?? '');
  });
  afterAll(() => system?.stop());

  const transfer = {
    ...{ payment_method: 'bank_transfer', payment_method_token: undefined },
    customer_email: 'Somchai@Example.com',
  };

  async function cancel(id: string): Promise<Payment> {
    const body = { reason: 'The customer changed their mind' };
    return (await call<Payment>(system, 'POST', `/v1/transactions/${id}/cancel`, { body })).body;
  }

  function list(query: string, key?: string) {
    return call<List<Payment>>(system, 'GET', `/v1/transactions?${query}`, { key });
  }

  async function idsOf(query: string): Promise<string[]> {
    const found = await readAllPages<Payment>(system, `/v1/transactions?limit=50&${query}`);
    return found.map((payment) => payment.id).sort();
  }

  function idsWhere(isWanted: (payment: Payment, index: number) => boolean): string[] {
    return made
      .filter(isWanted)
      .map((payment) => payment.id)
      .sort();
  }

  it('shows each payment once over pages of 7, newest first, whatever comes meanwhile', async () => {
    const seen: Payment[] = [];
    let cursor = '';
    let late: Payment | undefined;
    for (let page = 0; page < 9; page++) {
      const { body } = await list(`limit=7${cursor && `&cursor=${cursor}`}`);
      expect(body).toMatchObject({ object: 'list', has_more: page < 8 });
      expect(body.data).toHaveLength(page < 8 ? 7 : 4);
      seen.push(...body.data);
      cursor = body.next_cursor ?? '';
      if (page === 0) late = await createPayment(system);
    }
    expect(cursor).toBe('');
    const ids = seen.map((payment) => payment.id);
    expect(ids).not.toContain(late?.id);
    expect([...ids].sort()).toEqual(idsWhere(() => true));
    const times = seen.map((payment) => payment.created_at);
    expect(times).toEqual([...times].sort().reverse());
    const [newest] = (await list('limit=1')).body.data;
    expect(newest).toEqual(late);
    made.push(...(await list('limit=1')).body.data);
  });

  it('has 20 to a page unless told otherwise', async () => {
    expect((await list('')).body.data).toHaveLength(20);
  });

  it.each([
    ['pending', 9],
    ['completed', 40],
    ['failed', 10],
    ['cancelled', 1],
    ['processing', 1],
  ])('filters by status %s', async (status, count) => {
    const wanted = idsWhere((payment) => payment.status === status);
    expect(wanted).toHaveLength(count);
    expect(await idsOf(`status=${status}`)).toEqual(wanted);
  });

  it.each([
    ['currency=EUR', 10, ({ currency }: Payment) => currency === 'EUR'],
    ['reference=order-3', 6, ({ reference }: Payment) => reference === 'order-3'],
    ['provider=manual', 1, ({ id }: Payment) => id === made[3]?.id],
    ['payment_method=bank_transfer', 1, ({ id }: Payment) => id === made[3]?.id],
    ['customer_email=somchai@example.com', 1, ({ id }: Payment) => id === made[3]?.id],
    ['customer_email=nobody@example.com', 0, () => false],
    [
      'status=completed&currency=EUR',
      10,
      ({ currency, status }: Payment) => currency === 'EUR' && status === 'completed',
    ],
  ])('filters by %s', async (query, count, isWanted) => {
    const wanted = idsWhere(isWanted);
    expect(wanted).toHaveLength(count);
    expect(await idsOf(query)).toEqual(wanted);
  });

  it('filters by time, from inclusive and to exclusive, in any offset', async () => {
    const [from, to] = [made[20]?.created_at ?? '', made[40]?.created_at ?? ''];
    const wanted = idsWhere(({ created_at: at }) => at >= from && at < to);
    expect(wanted.length).toBeGreaterThan(10);
    expect(await idsOf(`created_from=${from}&created_to=${to}`)).toEqual(wanted);
    const inBangkok = new Date(Date.parse(from) + 7 * 3_600_000).toISOString();
    const shifted = encodeURIComponent(inBangkok.replace('Z', '+07:00'));
    expect(await idsOf(`created_from=${shifted}&created_to=${to}`)).toEqual(wanted);
  });

  it('holds the very microsecond of created_from and not that of created_to', async () => {
    const rows = await queryOnce<{ id: string; at: string; next: string }>(
      system.database.admin,
      momentsOfPayments,
    );
    const [row] = rows.filter(({ at }) => !at.endsWith('000Z'));
    const { id, at, next } = row ?? { id: '', at: '', next: '' };
    const atThatMoment = rows.filter((other) => other.at === at).map((other) => other.id);
    expect(atThatMoment).toEqual([id]);
    expect(await idsOf(`created_from=${at}&created_to=${next}`)).toEqual([id]);
    expect(await idsOf(`created_from=${at}`)).toContain(id);
    expect(await idsOf(`created_from=${next}`)).not.toContain(id);
    expect(await idsOf(`created_to=${at}`)).not.toContain(id);
    expect(await idsOf(`created_to=${next}`)).toContain(id);
  });

  it.each([
    ...['limit=0', 'limit=-1', 'limit=101', 'limit=1e9', 'limit=1000000000', 'limit=ten'],
    ...['limit=1.5', 'status=paid', 'provider=bank', 'currency=usd', 'customer_email=nobody'],
    ...['created_from=2026-01-01', 'created_to=2026-01-01T00:00:00', 'created_from=yesterday'],
  ])('refuses %s', async (query) => {
    expectProblem(await list(query), 422, 'validation_failed');
  });

  it('refuses a filter that it does not know', async () => {
    expectProblem(await list('sort=amount'), 400, 'parameter_invalid');
  });

  it('takes a limit of 1 and of 100', async () => {
    expect((await list('limit=1')).body.data).toHaveLength(1);
    expect((await list('limit=100')).body.data).toHaveLength(made.length);
  });

  it('refuses a cursor that is forged, of another partner, of other filters or of another list', async () => {
    const cursor = (await list('limit=5')).body.next_cursor ?? '';
    expect((await list(`limit=5&cursor=${cursor}`)).status).toBe(200);
    const flipped = (cursor[3] === 'A' ? 'B' : 'A') + cursor.slice(4);
    for (const [query, key] of [
      [`cursor=${cursor.slice(0, 3)}${flipped}`, undefined],
      [`cursor=${Buffer.from('2030-01-01T00:00:00Z 1').toString('base64url')}`, undefined],
      [`cursor=${cursor}`, system.credentials.second_partner_api_key],
      [`cursor=${cursor}&status=completed`, undefined],
      ['cursor=x', undefined],
    ] as const) {
      expectProblem(await list(query, key), 400, 'cursor_invalid');
    }
    const refunds = await call(system, 'GET', `/v1/refunds?cursor=${cursor}`);
    expectProblem(refunds, 400, 'cursor_invalid');
    const events = await call(system, 'GET', `/v1/events?after=${cursor}`);
    expectProblem(events, 400, 'cursor_invalid');
  });

  it('of refunds has pages and filters too', async () => {
    const paid = made.filter(({ status }) => status === 'completed').slice(0, 8);
    for (const { id } of paid) await postRefund(system, id, { amount: '1.00' });
    const all = await readAllPages<Refund>(system, '/v1/refunds?limit=3');
    const refunded = all.map((refund) => refund.transaction_id);
    expect(refunded).toEqual(paid.map(({ id }) => id).reverse());
    const one = await call<List<Refund>>(
      system,
      'GET',
      `/v1/refunds?transaction_id=${paid[2]?.id}`,
    );
    expect(one.body.data).toMatchObject([{ transaction_id: paid[2]?.id }]);
    const failed = await call<List<Refund>>(system, 'GET', '/v1/refunds?status=failed');
    expect(failed.body.data).toEqual([]);
  });

  it.each([
    ['refunds', 'refunds', '', 'true'],
    ['audit_logs', 'audit-logs', 'action=create&', `action = 'create'`],
  ])(
    'has a beginning and an end for %s too, to the microsecond',
    async (table, path, filter, where) => {
      const [payment] = await readAllPages<Payment>(system, '/v1/transactions?status=completed');
      for (const amount of ['0.01', '0.02'])
        await postRefund(system, payment?.id ?? '', { amount });
      const [first, second] = await queryOnce<{ id: string; at: string }>(
        system.database.admin,
        `SELECT id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
       FROM ${table} WHERE ${where} ORDER BY created_at DESC LIMIT 2`,
      ).then((rows) => rows.toReversed());
      const period = `created_from=${first?.at}&created_to=${second?.at}`;
      const found = await call<List<{ id: string }>>(
        system,
        'GET',
        `/v1/${path}?${filter}${period}`,
      );
      expect(found.body.data.map(({ id }) => id)).toEqual([first?.id]);
      const wrong = await call(system, 'GET', `/v1/${path}?created_from=2026-01-31`);
      expectProblem(wrong, 422, 'validation_failed');
    },
  );
});
