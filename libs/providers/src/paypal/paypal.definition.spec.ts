import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueCertificate } from '../contract/certificate-authority.js';
import { payPalDefinition } from './paypal.definition.js';

const app = {
  PAYPAL_CLIENT_ID: 'client',
  PAYPAL_CLIENT_SECRET: 'secret',
  PAYPAL_WEBHOOK_ID: '4JH86294D6297924G',
};

describe("PayPal's settings", () => {
  it("point at PayPal's own sandbox and trust the roots of Node.js unless told otherwise", () => {
    expect(payPalDefinition.settings(app)).toEqual({
      apiUrl: new URL('https://api-m.sandbox.paypal.com'),
      clientId: 'client',
      clientSecret: 'secret',
      webhookId: '4JH86294D6297924G',
      certificateHosts: ['api.paypal.com', 'api.sandbox.paypal.com'],
      trustRoots: undefined,
    });
  });

  it('take other certificate hosts, with and without a port', () => {
    const hosts = { PAYPAL_CERT_URL_HOSTS: 'API.paypal.com, 127.0.0.1:3100,[::1]' };
    const { certificateHosts } = payPalDefinition.settings({ ...app, ...hosts }) ?? {};
    expect(certificateHosts).toEqual(['api.paypal.com', '127.0.0.1:3100', '[::1]']);
  });

  it('take the roots of a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'paypal-'));
    const file = join(folder, 'ca.pem');
    const { pem } = issueCertificate({ name: 'Root', isAuthority: true });
    writeFileSync(file, pem);
    const settings = payPalDefinition.settings({ ...app, PAYPAL_TRUST_ROOT_FILE: file });
    rmSync(folder, { recursive: true });
    expect(settings?.trustRoots).toBe(pem);
  });

  it('are none without a client id', () => {
    expect(payPalDefinition.settings({ ...app, PAYPAL_CLIENT_ID: '' })).toBeUndefined();
  });
});

describe("PayPal's token", () => {
  it.each(['8kk8451t', '1a2b3c4d5e6f7g8h9', 'sandbox-paypal-visa', 'sandbox-paypal-http-500'])(
    '%s is one',
    (token) => {
      expect(payPalDefinition.ownsToken?.(token)).toBe(true);
    },
  );

  it.each(['pm_card_visa', 'tok_visa', 'shopper/8kk8451t', 'sandbox/refused', '8kk', ''])(
    '%j is none',
    (token) => {
      expect(payPalDefinition.ownsToken?.(token)).toBe(false);
    },
  );
});
