import { createPayment, postRefund } from '../factories/payments.js';
import type { List } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { absentId, asOperator, auditOf, makePartner } from './support/operations.js';
import type { PartnerAccount } from './support/operations.js';

interface PaymentRecord {
  amount: string;
  amount_refunded: string;
  version: number;
  attempts: object[];
  refunds: object[];
  events: { sequence: number; event_type: string }[];
}

const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
let system: TestSystem;

beforeAll(async () => {
  system = await startSystem({ worker: 0 });
});

afterAll(() => system.stop());

describe('making a partner', () => {
  it('answers a valid key and a webhook secret, both only once', async () => {
    const partner = await makePartner(system, { metadata: { tier: 'gold' } });
    expect(partner).toMatchObject({ is_active: true, rate_limit_per_minute: 100, version: 1 });
    expect(partner.webhook_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(partner.api_key.slice(0, 8)).toBe(partner.api_key_prefix);
    const own = await call(system, 'GET', '/v1/partner', { key: partner.api_key });
    expect([own.status, own.body['id']]).toEqual([200, partner.id]);
    const again = await asOperator(system, 'GET', `/partners/${partner.id}`);
    expect(again.text).not.toMatch(/"api_key"|webhook_secret|whsec_/);
  });

  it('keeps neither secret in plaintext', async () => {
    const partner = await makePartner(system);
    const [row] = await queryOnce(
      system.database.admin,
      `SELECT p.api_key_hash, p.webhook_secret, k.hash FROM partners p
       JOIN partner_api_keys k ON k.partner_id = p.id WHERE p.id = $1`,
      [partner.id],
    );
    expect(row?.['hash']).toMatch(/^[0-9a-f]{64}$/);
    expect(row?.['api_key_hash']).toBe(row?.['hash']);
    expect(row?.['webhook_secret']).toMatch(/^\w+\.[\w-]+$/);
    expect(JSON.stringify(row)).not.toContain(partner.webhook_secret);
  });

  it('is audited with the operator and without email or secret', async () => {
    const partner = await makePartner(system);
    const [row] = await auditOf(system, partner.id);
    expect(row).toMatchObject({
      ...{ partner_id: partner.id, actor_type: 'operator', actor: 'local-admin' },
      ...{ action: 'create', resource_type: 'partner' },
      changes: { after: { name: 'Corner Shop', rate_limit_per_minute: 100 } },
    });
    expect(JSON.stringify(row)).not.toMatch(/@example|whsec_|api_key/);
  });

  it('refuses an email that another partner has in other case', async () => {
    await makePartner(system, { email: 'twice@example.com' });
    const body = { name: 'Second', email: 'Twice@Example.com' };
    const answer = await asOperator<{ code: string }>(system, 'POST', '/partners', { body });
    expect([answer.status, answer.body.code]).toEqual([409, 'email_taken']);
  });

  it.each([
    ['no email', 422, { name: 'Shop' }],
    ['a blank name', 422, { name: ' ', email: 'a@example.com' }],
    ['no requests at all', 422, { name: 'A', email: 'a@example.com', rate_limit_per_minute: 0 }],
    ['a limit of null', 422, { name: 'A', email: 'a@example.com', rate_limit_per_minute: null }],
    ['a URL of another kind', 422, { name: 'A', email: 'a@example.com', webhook_url: 'ftp://a.b' }],
    ['a URL with a password', 422, { name: 'A', email: 'a@b.co', webhook_url: 'https://u:p@a.b' }],
    ['an id of its own', 400, { name: 'A', email: 'a@example.com', id: absentId }],
    ['a NUL character', 400, { name: 'A\u0000', email: 'a@example.com' }],
  ])('refuses %s with %d', async (_what, status, body) => {
    const answer = await asOperator(system, 'POST', '/partners', { body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  });
});

describe('listing partners', () => {
  it('gives each partner once, newest first, in pages of two', async () => {
    for (let count = 0; count < 3; count++) await makePartner(system);
    const rows = await queryOnce<{ id: string }>(
      system.database.admin,
      'SELECT id FROM partners ORDER BY created_at DESC, id DESC',
    );
    const listed: string[] = [];
    let cursor = '';
    for (let page = 0; page <= rows.length; page++) {
      const answer = await asOperator<List<PartnerAccount>>(
        system,
        'GET',
        `/partners?limit=2${cursor}`,
      );
      listed.push(...answer.body.data.map(({ id }) => id));
      if (!answer.body.has_more) break;
      cursor = `&cursor=${answer.body.next_cursor ?? ''}`;
    }
    expect(listed).toEqual(rows.map(({ id }) => id));
  });

  it('refuses a cursor that was changed', async () => {
    const { body } = await asOperator<List<PartnerAccount>>(system, 'GET', '/partners?limit=1');
    const cursor = (body.next_cursor ?? '').replace(/^./, 'x');
    const answer = await asOperator<{ code: string }>(system, 'GET', `/partners?cursor=${cursor}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'cursor_invalid']);
  });
});

describe('the record of a payment', () => {
  it('shows attempts, refunds and events of any partner', async () => {
    const { second_partner_api_key: key } = system.credentials;
    const { id } = await createPayment(system, { reference: 'order-7' }, { key });
    await postRefund(system, id, { amount: '4.00' }, { key });
    const { status, body, headers } = await asOperator<PaymentRecord>(
      system,
      'GET',
      `/transactions/${id}`,
    );
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe(`"${body.version}"`);
    expect(body).toMatchObject({
      ...{ object: 'transaction', id, partner_name: 'Second Shop', status: 'partially_refunded' },
      ...{ amount: '10.50', amount_refunded: '4.00', amount_refund_reserved: '4.00' },
      ...{ currency: 'USD', reference: 'order-7', created_at: expect.stringMatching(timestamp) },
    });
    expect(body.attempts).toEqual([
      expect.objectContaining({
        ...{ attempt_no: 1, provider: 'stripe', status: 'completed', certainty: 'confirmed' },
        started_at: expect.stringMatching(timestamp) as string,
      }),
    ]);
    expect(body.refunds).toEqual([
      expect.objectContaining({ amount: '4.00', status: 'completed' }),
    ]);
    const sequences = body.events.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    expect(body.events.map(({ event_type: type }) => type)).toEqual(
      expect.arrayContaining(['created', 'payment_completed', 'refund_completed']),
    );
  });

  it('holds nothing that names the payer', async () => {
    const payer = {
      ...{ customer_email: 'marker-mail@example.com', customer_name: 'Marker Name' },
      ...{ customer_phone: '+1 555 0199', customer_ip_address: '203.0.113.77' },
      ...{ customer_user_agent: 'MarkerBrowser/1.0', description: 'Marker text' },
      metadata: { note: 'Marker note' },
    };
    const { id } = await createPayment(system, payer);
    const { status, text } = await asOperator(system, 'GET', `/transactions/${id}`);
    expect(status).toBe(200);
    expect(text).not.toMatch(/marker|555 ?0199|203\.0\.113|customer_|pm_card/i);
  });

  it('shows amounts in the decimals of their currency', async () => {
    const { id } = await createPayment(system, { amount: '500', currency: 'JPY' });
    const { body } = await asOperator<PaymentRecord>(system, 'GET', `/transactions/${id}`);
    expect([body.amount, body.amount_refunded]).toEqual(['500', '0']);
  });

  it.each([
    ['is not there', absentId, 404],
    ['has no UUID', 'payment-1', 400],
  ])('answers a payment that %s with a problem', async (_what, id, status) => {
    const answer = await asOperator(system, 'GET', `/transactions/${id}`);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  });
});
