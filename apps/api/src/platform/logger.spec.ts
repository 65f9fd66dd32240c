import { createLogger, NestLogger } from './logger.js';

const apiKey = `Ab3dE6gH_${'x7'.repeat(24)}Z`;
const card = '4242 4242 4242 4242';

/** What a logger writes of a line. */
function written(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(createLogger('debug', 'test', { write: (line: string) => (text += line) }));
  return text;
}

describe('a line of the log', () => {
  it.each([
    ['an API key', `the key ${apiKey} is no key`, apiKey],
    ['a key of a provider', 'refused sk_live_abc123DEF456', 'abc123DEF456'],
    ['a webhook secret', 'signed with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'MfKQ9r8'],
    ['a bearer token', 'sent Authorization: Bearer abc.def.ghi-jkl', 'abc.def'],
    ['a password in a URL', 'at postgres://payments_api:hunter2@db:5432/payments', 'hunter2'],
    ['a secret in the query of a URL', 'GET https://x.example/a?b=1&token=hunter2&c=3', 'hunter2'],
    ['an email address', 'Ada <ada.lovelace+x@mail.example.com> paid', 'lovelace'],
    ['an email address of another script', 'ödön@példa.example paid', 'példa'],
    ['a card number', `card ${card} was declined`, '4242'],
    ['a card number in one piece', 'card 4242424242424242 was declined', '4242'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIEv\n-----END PRIVATE KEY-----', 'MIIEv'],
  ])('holds no %s, in a message, a field or an error', (_what, text, secret) => {
    const lines = [
      written((logger) => logger.info(text)),
      written((logger) => logger.warn({ detail: { deep: { text } } }, 'a line')),
      written((logger) => logger.error(new Error(text))),
      written((logger) => new NestLogger(logger).error(text, `stack of ${text}`, 'Here')),
    ];
    for (const line of lines) {
      expect(line).toContain('[redacted]');
      expect(line).not.toContain(secret);
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    }
  });

  it.each([
    ...['authorization', 'cookie', 'password', 'api_key', 'webhook_secret', 'client_secret'],
    ...['payment_method_token', 'customer_email', 'customer_name', 'customer_phone', 'iban', 'cvc'],
  ])('holds nothing of a field %s, however deep it lies', (field) => {
    const line = written((logger) => logger.info({ a: { b: [{ [field]: 'o"rdinary' }] } }, 'x'));
    expect(JSON.parse(line)).toMatchObject({ a: { b: [{ [field]: '[redacted]' }] } });
  });

  it('holds what it needs: ids, times, amounts and where it went', () => {
    const fields = {
      request_id: '01890a5d-ac96-774b-bcce-b302099a8057',
      transaction_id: '42424242-4242-4242-8242-424242424242',
      duration_ms: 12.3,
      amount: '1234567890.12',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      url: 'https://shop.example/hooks?id=1',
      method: 'POST',
      route: '/v1/transactions/:id',
    };
    const line = written((logger) => logger.info(fields, 'answered'));
    expect(JSON.parse(line)).toMatchObject({ ...fields, msg: 'answered', name: 'test' });
  });
});
