import { generateKeyPairSync } from 'node:crypto';
import { certificate } from '../../apps/sandbox/src/paypal/paypal.certificate.js';

/** What an HTTPS server proves its name with, and the authority to trust for that. */
export interface HttpsIdentity {
  key: string;
  cert: string;
  ca: string;
}

/** A certificate for one host name, of an authority that is as new as the certificate. */
export function createHttpsIdentity(hostname: string): HttpsIdentity {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const hourMs = 3_600_000;
  const issued = {
    issuer: 'Test authority',
    signWith: authority.privateKey,
    fromMs: Date.now() - hourMs,
    untilMs: Date.now() + hourMs,
  };
  const { publicKey } = authority;
  return {
    key: String(server.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: certificate({
      ...{ ...issued, subject: hostname, publicKey: server.publicKey, authority: false },
    }),
    ca: certificate({ ...issued, subject: issued.issuer, publicKey, authority: true }),
  };
}
