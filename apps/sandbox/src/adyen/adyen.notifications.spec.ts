import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pspOf, runAdyen } from '../testing/running-adyen.js';
import { signatureOf } from './adyen.signature.js';

describe('the signature of an item', () => {
  const publishedKey = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00';
  const item = {
    pspReference: 'pspReference',
    originalReference: 'originalReference',
    merchantAccountCode: 'merchantAccount',
    merchantReference: 'reference',
    amount: { currency: 'EUR', value: 1000 },
    eventCode: 'EVENT',
    success: 'true',
  };

  it.each([
    ['EVENT', 'ipnxGCaUZ4l8TUW75a71/ghd2Fe5ffvX0pV4TLTntIc='],
    ['REPORT_AVAILABLE', 'ZNBPtI+oDyyRrLyD1XirkKnQgIAlFc07Vj27TeHsDRE='],
  ])('is the published one for %s', (eventCode, expected) => {
    expect(signatureOf({ ...item, eventCode }, publishedKey)).toBe(expected);
  });

  it('is the published one for an item without originalReference', () => {
    const payment = {
      pspReference: '7914073381342284',
      merchantReference: 'TestPayment-1407325143704',
      merchantAccountCode: 'TestMerchant',
      amount: { currency: 'EUR', value: 1130 },
      eventCode: 'AUTHORISATION',
      success: 'true',
    };
    const key = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
    expect(signatureOf(payment, key)).toBe('coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=');
  });
});

describe('notifications of the Adyen sandbox', () => {
  it('hold several items for batched_webhooks', async () => {
    const sandbox = await runAdyen();
    try {
      const psp = pspOf(await sandbox.pay('batched_webhooks'));
      await sandbox.arrived('CAPTURE', psp);
      expect(sandbox.notifications.map((items) => items.map(({ eventCode }) => eventCode))).toEqual(
        [['AUTHORISATION', 'CAPTURE']],
      );
    } finally {
      await sandbox.close();
    }
  });

  it('come again until they are taken', async () => {
    const sandbox = await runAdyen();
    try {
      sandbox.receiver.status = 503;
      const psp = pspOf(await sandbox.pay('visa'));
      const first = await sandbox.arrived('AUTHORISATION', psp);
      sandbox.receiver.status = 202;
      await sandbox.clock.awaited();
      sandbox.clock.advance(500);
      expect(await sandbox.arrived('AUTHORISATION', psp, 2)).toEqual(first);
    } finally {
      await sandbox.close();
    }
  });

  it('come after a restart, when the payment and the refund were under way', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'adyen-'));
    const file = path.join(directory, 'state.jsonl');
    const before = await runAdyen(file);
    const pending = pspOf(await before.pay('pending'));
    const paid = pspOf(await before.pay('visa'));
    const body = { merchantAccount: 'SpecsCOM', amount: { currency: 'EUR', value: 1 } };
    const refund = pspOf(await before.call(`payments/${paid}/refunds`, body));
    await before.close();
    const after = await runAdyen(file);
    try {
      await after.settled('AUTHORISATION', pending);
      await after.arrived('REFUND', refund);
      expect(pspOf(await after.pay('visa')) > paid).toBe(true);
    } finally {
      await after.close();
      rmSync(directory, { recursive: true });
    }
  });
});
