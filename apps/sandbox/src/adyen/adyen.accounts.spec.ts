import { hmacValidator } from '@adyen/api-library';
import type { NotificationRequestItem } from '@adyen/api-library/lib/src/typings/notification/models.js';
import {
  type AdyenReply,
  paymentBy,
  pspOf,
  type RunningAdyen,
  runAdyen,
} from '../testing/running-adyen.js';

const merchantAccount = 'ShopEU';
const euKey = { 'x-api-key': 'key-eu' };
const euUrl = 'http://127.0.0.1:9/webhooks/adyen/eu';
const euHmacKey = 'C0FFEE'.padEnd(64, '0');

interface Row {
  account: string;
  object_id: string;
  url: string;
  payload: string;
}

describe('two accounts of the Adyen sandbox', () => {
  let sandbox: RunningAdyen;

  beforeAll(async () => {
    sandbox = await runAdyen(undefined, {
      ADYEN_API_KEY__EU: 'key-eu',
      ADYEN_MERCHANT_ACCOUNT__EU: merchantAccount,
      ADYEN_HMAC_KEY__EU: euHmacKey,
      ADYEN_WEBHOOK_URL__EU: euUrl,
    });
    await sandbox.control('POST', 'webhooks/hold');
  });

  afterAll(() => sandbox.close());

  const payAtEu = (token: string, headers = {}): Promise<AdyenReply> =>
    sandbox.call('payments', paymentBy(token, { merchantAccount }), { ...euKey, ...headers });

  it('take their own merchant account alone', async () => {
    expect((await payAtEu('visa')).status).toBe(200);
    expect((await sandbox.pay('visa', {}, euKey)).status).toBe(403);
    expect((await sandbox.pay('visa', { merchantAccount })).status).toBe(403);
  });

  it('do not share idempotency keys', async () => {
    const key = { 'idempotency-key': 'shared' };
    const [one, other] = [await sandbox.pay('visa', {}, key), await payAtEu('visa', key)];
    expect([one.status, other.status]).toEqual([200, 200]);
    expect(pspOf(other)).not.toBe(pspOf(one));
    expect(pspOf(await payAtEu('visa', key))).toBe(pspOf(other));
  });

  it("do not know each other's payments", async () => {
    const path = `payments/${pspOf(await payAtEu('visa'))}/refunds`;
    const amount = { currency: 'EUR', value: 100 };
    const refund = (body: object, headers = {}) => sandbox.call(path, { amount, ...body }, headers);
    expect((await refund({ merchantAccount: 'SpecsCOM' })).status).toBe(422);
    expect((await refund({ merchantAccount }, euKey)).status).toBe(201);
  });

  it('are told apart by where webhooks go and what signs them', async () => {
    const psp = pspOf(await payAtEu('visa'));
    const deadline = Date.now() + 5_000;
    let told: Row | undefined;
    while (!told && Date.now() < deadline) {
      const { body } = await sandbox.control('GET', 'webhooks?payloads=true');
      told = (body as { webhooks: Row[] }).webhooks.find(({ object_id: of }) => of === psp);
    }
    expect(told).toMatchObject({ account: 'eu', url: euUrl });
    const { notificationItems } = JSON.parse(told?.payload ?? '') as {
      notificationItems: [{ NotificationRequestItem: NotificationRequestItem }];
    };
    const item = notificationItems[0].NotificationRequestItem;
    expect(item.merchantAccountCode).toBe(merchantAccount);
    expect(new hmacValidator().validateHMAC(item, euHmacKey)).toBe(true);
  });

  it('are refunded and disputed by hand, whichever has the payment, and are in one ledger', async () => {
    const psp = pspOf(await payAtEu('visa'));
    const wanted = { provider: 'adyen', payment_id: psp, amount: 100 };
    expect(await sandbox.control('POST', 'refunds', wanted)).toMatchObject({ status: 201 });
    expect(await sandbox.control('POST', 'disputes', wanted)).toMatchObject({ status: 201 });
    const { body } = await sandbox.control('GET', 'charges');
    const { charges } = body as { charges: { id: string; refunded: number }[] };
    expect(charges.find(({ id }) => id === psp)).toMatchObject({ refunded: 100 });
  });

  it('have payers, each with a page that only its account finishes', async () => {
    const { body } = await payAtEu('challenge');
    const { url } = body['action'] as { url: string };
    const decision = new URLSearchParams({ decision: 'approve' });
    const back = await fetch(url, { method: 'POST', body: decision, redirect: 'manual' });
    const redirectResult = new URL(back.headers.get('location') ?? '').searchParams.get(
      'redirectResult',
    );
    const details = { details: { redirectResult } };
    expect((await sandbox.call('payments/details', details)).status).toBe(422);
    const finished = await sandbox.call('payments/details', details, euKey);
    expect(finished.body).toMatchObject({ resultCode: 'Authorised' });
  });
});
