import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { certificatesOf, captureOf, runPaypal, vaulted } from '../testing/running-paypal.js';
import { signedMessage } from './paypal.signature.js';

describe('webhooks of the PayPal sandbox', () => {
  let folder: string;
  let stateFile: string;
  let caFile: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'));
    stateFile = path.join(folder, 'state.jsonl');
    caFile = path.join(folder, 'ca.pem');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('sign the message that PayPal publishes', () => {
    const [id, time] = ['dfb3be50-fd74-11e4-8bf3-77339302725b', '2015-05-18T15:45:13Z'];
    const published = `${id}|${time}|4JH86294D6297924G|2771810304`;
    // Made to have the checksum of the published message, whose body is not published.
    expect(signedMessage(id, time, '4JH86294D6297924G', '{"id":"WH-GX130Z5"}')).toBe(published);
  });

  it('have the published form', async () => {
    const paypal = await runPaypal();
    const order = await paypal.order('form', vaulted('visa'), { custom_id: 'form' });
    const event = await paypal.arrived('PAYMENT.CAPTURE.COMPLETED', order.body.id);
    const href = `${paypal.sandbox.url}/v1/notifications/webhooks-events/${event.id}`;
    expect(event).toMatchObject({
      id: expect.stringMatching(/^WH-[A-Z0-9]{17}-[A-Z0-9]{17}$/) as string,
      event_version: '1.0',
      resource_type: 'capture',
      resource_version: '2.0',
      summary: 'Payment completed for 10.50 USD',
      resource: {
        id: captureOf(order),
        status: 'COMPLETED',
        custom_id: 'form',
        supplementary_data: { related_ids: { order_id: order.body.id } },
      },
      links: [
        { href, rel: 'self', method: 'GET' },
        { href: `${href}/resend`, rel: 'resend', method: 'POST' },
      ],
    });
    const other = `${paypal.sandbox.url}/v1/notifications/certs/CERT-00000000`;
    expect((await fetch(other)).status).toBe(404);
    await paypal.close();
  });

  it('go back to a root that is written to a file and outlives the state', async () => {
    const before = await runPaypal({ stateFile, paypal: { caFile } });
    const written = readFileSync(caFile, 'utf8');
    const served = await fetch(`${before.sandbox.url}/_sandbox/paypal/ca.pem`);
    expect(await served.text()).toBe(written);
    expect(certificatesOf(written)[0]).toMatchObject({ ca: true });
    const first = await before.order('before', vaulted('visa'));
    await before.arrived('PAYMENT.CAPTURE.COMPLETED', first.body.id);
    await before.sandbox.control('DELETE', 'state');
    await before.close();

    const after = await runPaypal({ stateFile, paypal: { caFile } });
    expect(readFileSync(caFile, 'utf8')).toBe(written);
    const second = await after.order('after', vaulted('visa'));
    await after.arrived('PAYMENT.CAPTURE.COMPLETED', second.body.id);
    await after.close();
  });

  it('bring payments, refunds and what is under way back after a restart', async () => {
    const before = await runPaypal({ stateFile });
    const paid = await before.order('paid', vaulted('visa'), { custom_id: 'kept' });
    const refund = `/v2/payments/captures/${captureOf(paid)}/refund`;
    const amount = { amount: { currency_code: 'USD', value: '1.00' } };
    await before.call('POST', refund, amount, { 'paypal-request-id': 'r' });
    const waiting = await before.order('pending', vaulted('pending'), { custom_id: 'kept' });
    const ledger = await before.ledger('kept');
    expect(ledger.map(({ status }) => status)).toEqual(['succeeded', 'pending']);
    await before.close();

    const after = await runPaypal({ stateFile });
    const [refunded, pending] = ledger;
    expect(await after.ledger('kept')).toMatchObject([refunded, { id: pending.id }]);
    const replayed = await after.order('paid', vaulted('visa'), { custom_id: 'kept' });
    expect(replayed).toMatchObject({ status: 200, body: { id: paid.body.id } });
    const next = await after.order('next', vaulted('visa'));
    expect(next.body.id).not.toBe(paid.body.id);
    after.sandbox.clock.advance(60_000);
    await after.arrived('PAYMENT.CAPTURE.COMPLETED', waiting.body.id);
    expect((await after.ledger('kept')).map(({ status }) => status)).toEqual([
      'succeeded',
      'succeeded',
    ]);
    await after.close();
  });
});
