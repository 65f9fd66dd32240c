import { createHmac } from 'node:crypto';
import { InvalidWebhookError } from '../port.js';
import { signedText, verifiedItems } from './adyen.webhook.js';

/** Key and signatures are published in the tests of Adyen's libraries. */
const publishedKey = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00';
const published = {
  pspReference: 'pspReference',
  originalReference: 'originalReference',
  merchantAccountCode: 'merchantAccount',
  merchantReference: 'reference',
  amount: { currency: 'EUR', value: 1000 },
  eventCode: 'EVENT',
  success: 'true',
  eventDate: '2026-05-24T12:54:31+02:00',
};
const publishedSignature = 'ipnxGCaUZ4l8TUW75a71/ghd2Fe5ffvX0pV4TLTntIc=';

function sign(item: object, key = publishedKey): string {
  const text = signedText({ ...item });
  return createHmac('sha256', Buffer.from(key, 'hex')).update(text).digest('base64');
}

function notification(...items: unknown[]): Buffer {
  const notificationItems = items.map((item) => ({ NotificationRequestItem: item }));
  return Buffer.from(JSON.stringify({ live: 'false', notificationItems }));
}

function signed(item: object, signature: unknown = sign(item)): object {
  return { ...item, additionalData: { hmacSignature: signature } };
}

function expectRefusal(body: Buffer): void {
  expect(() => verifiedItems(body, publishedKey)).toThrow(InvalidWebhookError);
}

describe("Adyen's signature", () => {
  it.each([
    [published, publishedSignature],
    [
      { ...published, eventCode: 'REPORT_AVAILABLE' },
      'ZNBPtI+oDyyRrLyD1XirkKnQgIAlFc07Vj27TeHsDRE=',
    ],
  ])('of the published example %# is accepted', (item, signature) => {
    const [verified] = verifiedItems(notification(signed(item, signature)), publishedKey);
    expect(verified).toMatchObject({
      pspReference: 'pspReference',
      eventCode: item.eventCode,
      success: true,
      eventDate: new Date('2026-05-24T10:54:31Z'),
    });
  });

  it.each([
    { pspReference: 'other' },
    { originalReference: 'other' },
    { merchantAccountCode: 'other' },
    { merchantReference: 'other' },
    { amount: { currency: 'EUR', value: 9000 } },
    { amount: { currency: 'USD', value: 1000 } },
    { eventCode: 'AUTHORISATION' },
    { success: 'false' },
  ])('covers %j', (changed) => {
    expectRefusal(notification(signed({ ...published, ...changed }, publishedSignature)));
  });

  it.each([
    undefined,
    null,
    '',
    'AAAA',
    publishedSignature.slice(0, -1),
    `${publishedSignature}AAAA`,
    42,
    [publishedSignature],
  ])('of the form %j is refused', (signature) => {
    expectRefusal(notification({ ...published, additionalData: { hmacSignature: signature } }));
  });

  it.each(['1000', true])('fits an amount of the form %j: what it says is read later', (value) => {
    const item = { ...published, amount: { currency: 'EUR', value } };
    expect(verifiedItems(notification(signed(item)), publishedKey)).toMatchObject([
      { amount: { currency: 'EUR', value } },
    ]);
  });

  it.each([[[1000]], [{ value: 1000 }]])(
    'can not be made over an amount of the form %j',
    (value) => {
      const item = { ...published, amount: { currency: 'EUR', value } };
      expectRefusal(notification(signed(item, publishedSignature)));
    },
  );

  it('under another key is refused', () => {
    expectRefusal(notification(signed(published, sign(published, publishedKey.replace('D', 'E')))));
  });

  it('is asked of every item: one bad item refuses all', () => {
    const good = signed(published);
    const bad = { ...good, success: 'false' };
    expect(verifiedItems(notification(good, good), publishedKey)).toHaveLength(2);
    expectRefusal(notification(good, bad));
    expectRefusal(notification(bad, good));
  });

  it('leaves out what an item does not have', () => {
    const { originalReference: _, ...item } = published;
    const text = 'pspReference::merchantAccount:reference:1000:EUR:EVENT:true';
    expect(signedText(item)).toBe(text);
    expect(verifiedItems(notification(signed(item)), publishedKey)).toMatchObject([
      { originalReference: '', reason: '' },
    ]);
  });
});

describe("Adyen's notification", () => {
  it.each([
    '',
    '{',
    'null',
    '[]',
    '{}',
    '{"notificationItems":{}}',
    '{"notificationItems":[]}',
    '{"notificationItems":[null]}',
    '{"notificationItems":[{}]}',
    '{"notificationItems":[{"NotificationRequestItem":[]}]}',
  ])('of the form %j is refused', (text) => {
    expectRefusal(Buffer.from(text));
  });

  it.each([
    { eventDate: 'yesterday' },
    { eventDate: undefined },
    { pspReference: {} },
    { reason: ['x'] },
  ])('with %j is refused', (changed) => {
    const item = { ...published, ...changed };
    const signature = 'pspReference' in changed ? publishedSignature : sign(published);
    expectRefusal(notification(signed(item, signature)));
  });
});
