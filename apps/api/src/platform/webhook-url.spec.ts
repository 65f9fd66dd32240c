import { ApiError } from '../errors/api-error.js';
import { checkWebhookUrl, findUrlRefusal } from './webhook-url.js';

const path = '/webhooks';

describe('a URL for webhooks', () => {
  it.each([
    'https://shop.example/webhooks?from=payments',
    'https://shop.example:443/',
    'https://shop.example:1024/',
    'https://shop.example:8443/',
    'https://8.8.8.8/',
    'https://[2606:4700::1]/',
    'https://bücher.example/',
    'https://localhost.example/',
    'https://10.example/',
  ])('may be %s', (url) => {
    expect(findUrlRefusal(url, false)).toBeUndefined();
  });

  it('may be one with an umlaut, however often it is asked', () => {
    for (let times = 0; times < 20_000; times++) {
      expect(findUrlRefusal('https://bücher.example/', false)).toBeUndefined();
    }
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1 with a dot behind', '127.0.0.1.'],
    ['127.0.0.1 in short', '127.1'],
    ['127.0.0.1 as one number', '2130706433'],
    ['127.0.0.1 in octal', '0177.0.0.01'],
    ['127.0.0.1 in hexadecimal', '0x7f000001'],
    ['127.0.0.1 in mixed notation', '0x7f.1'],
    ['127.0.0.1 in percent-encoding', '%31%32%37.0.0.1'],
    ['127.0.0.1 in wide characters', '１２７。０。０。１'],
    ['127.0.0.1 in circled characters', '①②⑦.0.0.1'],
    ['127.0.0.1, mapped', '[::ffff:127.0.0.1]'],
    ['127.0.0.1, mapped in hexadecimal', '[::ffff:7f00:1]'],
    ['127.0.0.1, mapped and written out', '[0:0:0:0:0:ffff:7f00:0001]'],
    ['127.0.0.1, compatible', '[::127.0.0.1]'],
    ['127.0.0.1 through NAT64', '[64:ff9b::127.0.0.1]'],
    ['127.0.0.1 through 6to4', '[2002:7f00:1::]'],
    ['zero', '0'],
    ['every address', '0.0.0.0'],
    ['every address of IPv6', '[::]'],
    ['the loopback of IPv6', '[::1]'],
    ['the metadata of clouds', '169.254.169.254'],
    ['the metadata of clouds as one number', '2852039166'],
    ['the metadata of clouds in octal', '0251.0376.0251.0376'],
    ['the metadata of clouds, mapped', '[::ffff:a9fe:a9fe]'],
    ['the metadata of Amazon in IPv6', '[fd00:ec2::254]'],
    ['a private network', '192.168.1.1'],
    ['a link', '[fe80::1]'],
    ['this machine', 'localhost'],
    ['this machine with a dot behind', 'LOCALHOST.'],
    ['a name of this machine', 'shop.localhost'],
    ['a name of this link', 'printer.local'],
    ['a name of this network', 'metadata.google.internal'],
    ['a name without a dot', 'postgres'],
  ])('may not lead to %s', (_what, host) => {
    expect(findUrlRefusal(`https://${host}${path}`, false)?.code).toBe('address_not_public');
    expect(findUrlRefusal(`https://${host}:8443${path}`, false)?.code).toBe('address_not_public');
    expect(findUrlRefusal(`http://${host}:3000${path}`, true)).toBeUndefined();
  });

  it.each([
    ['https_required', 'http://shop.example/'],
    ['is_url', 'ftp://shop.example/'],
    ['is_url', 'file:///etc/passwd'],
    ['is_url', 'shop.example'],
    ['is_url', ''],
    ['is_url', 'https://'],
    ['is_url', 'https://[fe80::1%25eth0]/'],
    ['is_url', 'https://[fe80::1%eth0]/'],
    ['is_url', 'https://1.2.3.256/'],
    ['is_url', ' https://shop.example/'],
    ['is_url', 'https://shop.example/a b'],
    ['is_url', 'https://sh\nop.example/'],
    ['is_url', 'https://shop.example/\u202e'],
    ['is_url', 'https:\\\\shop.example\\'],
    ['is_url', 'https://shop..example/'],
    ['is_url', 'https://localhost../'],
    ['is_url', 'https://shop.example:70000/'],
    ['credentials_not_allowed', 'https://user@shop.example/'],
    ['credentials_not_allowed', 'https://:password@shop.example/'],
    ['port_not_allowed', 'https://shop.example:25/'],
    ['port_not_allowed', 'https://shop.example:80/'],
    ['port_not_allowed', 'https://shop.example:1023/'],
    ['port_not_allowed', 'https://shop.example:0/'],
    ['too_long', `https://shop.example/${'a'.repeat(492)}`],
  ])('is refused as %s: %s', (code, url) => {
    expect(findUrlRefusal(url, false)?.code).toBe(code);
  });

  it('has at most 512 characters and no password in development either', () => {
    const longest = `http://127.0.0.1:3000/${'a'.repeat(490)}`;
    expect(longest).toHaveLength(512);
    const refusals = [longest, `${longest}a`, 'http://user:password@127.0.0.1:3000/'].map(
      (url) => findUrlRefusal(url, true)?.code,
    );
    expect(refusals).toEqual([undefined, 'too_long', 'credentials_not_allowed']);
  });

  it('is refused with 422, and the reason names the parameter', () => {
    expect(() => checkWebhookUrl('https://shop.example/', false)).not.toThrow();
    let thrown: unknown;
    try {
      checkWebhookUrl('https://127.1/', false);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ApiError);
    expect((thrown as ApiError).status).toBe(422);
    expect((thrown as ApiError).details.errors).toEqual([
      {
        param: 'webhook_url',
        code: 'address_not_public',
        message: 'webhook_url must lead to a public address',
      },
    ]);
  });
});
