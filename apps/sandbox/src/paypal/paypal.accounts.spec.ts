import { X509Certificate, verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  captureOf,
  decide,
  grant,
  linkOf,
  type RunningPaypal,
  runPaypal,
  vaulted,
} from '../testing/running-paypal.js';

const euUrl = 'http://127.0.0.1:9/webhooks/paypal/eu';

interface Row {
  account: string;
  object_id: string;
  url: string;
  headers: Record<string, string>;
  payload: string;
}

describe('two accounts of the PayPal sandbox', () => {
  let paypal: RunningPaypal;
  let eu: Record<string, string>;

  beforeAll(async () => {
    const account = { name: 'eu', clientId: 'client-eu', webhookUrl: euUrl, webhookId: 'WHEU' };
    paypal = await runPaypal({ paypal: { accounts: [account] } });
    const { body } = await grant(paypal.sandbox.url, 'client-eu:secret');
    eu = { authorization: `Bearer ${body.access_token}` };
    await paypal.sandbox.control('POST', 'webhooks/hold');
  });

  afterAll(() => paypal.close());

  it('do not share request ids', async () => {
    const [one, other] = [
      await paypal.order('shared', vaulted('visa')),
      await paypal.order('shared', vaulted('visa'), {}, eu),
    ];
    expect([one.status, other.status]).toEqual([201, 201]);
    const again = await paypal.order('shared', vaulted('visa'), {}, eu);
    expect([again.status, again.body.id]).toEqual([200, other.body.id]);
  });

  it("do not know each other's orders", async () => {
    const { body } = await paypal.order('hidden', vaulted('visa'), {}, eu);
    const path = `/v2/checkout/orders/${body.id}`;
    expect((await paypal.call('GET', path)).status).toBe(404);
    expect((await paypal.call('GET', path, undefined, eu)).body).toMatchObject({ id: body.id });
  });

  it('are told apart by where webhooks go and for which webhook they are signed', async () => {
    const capture = captureOf(await paypal.order('told', vaulted('visa'), {}, eu));
    const deadline = Date.now() + 5_000;
    let told: Row | undefined;
    while (!told && Date.now() < deadline) {
      const { body } = await paypal.sandbox.control('GET', 'webhooks?payloads=true');
      told = (body as { webhooks: Row[] }).webhooks.find(({ object_id: of }) => of === capture);
    }
    expect(told).toMatchObject({ account: 'eu', url: euUrl });
    const { headers, payload } = told as Row;
    const certificate = await fetch(headers['paypal-cert-url'] ?? '');
    const { publicKey } = new X509Certificate(await certificate.text());
    const named = [headers['paypal-transmission-id'], headers['paypal-transmission-time']];
    const isFor = (webhookId: string): boolean =>
      verify(
        'sha256',
        Buffer.from([...named, webhookId, crc32(payload)].join('|')),
        publicKey,
        Buffer.from(headers['paypal-transmission-sig'] ?? '', 'base64'),
      );
    expect([isFor('WHEU'), isFor('WEBHOOKOFTHESPECS')]).toEqual([true, false]);
  });

  it('are refunded and disputed by hand, whichever has the payment, and are in one ledger', async () => {
    const { body } = await paypal.order('by-hand', vaulted('visa'), { custom_id: 'by-hand' }, eu);
    const wanted = { provider: 'paypal', payment_id: body.id, amount: 100 };
    const ask = (path: string) => paypal.sandbox.control('POST', path, wanted);
    expect([(await ask('refunds')).status, (await ask('disputes')).status]).toEqual([201, 201]);
    expect(await paypal.ledger('by-hand')).toMatchObject([{ id: body.id, refunded: 100 }]);
  });

  it('have payers, each with a page of its account', async () => {
    const url = 'https://shop.test/back';
    const context = { return_url: url, cancel_url: url };
    const source = { paypal: { experience_context: context } };
    const order = await paypal.order('approved', source, {}, eu);
    expect((await decide(linkOf(order, 'payer-action'), 'approve')).status).toBe(303);
    const path = `/v2/checkout/orders/${order.body.id}/capture`;
    expect((await paypal.call('POST', path, undefined, eu)).body).toMatchObject({
      status: 'COMPLETED',
    });
  });

  it('lose their tokens together', async () => {
    const token = await grant(paypal.sandbox.url, 'client-eu:secret');
    await paypal.sandbox.control('POST', 'paypal/expire-tokens');
    const headers = { authorization: `Bearer ${token.body.access_token}` };
    const answer = await paypal.call('GET', '/v2/checkout/orders/NONE1', undefined, headers);
    expect(answer.status).toBe(401);
  });
});
