import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Journal } from '../journal.js';
import { certificate } from './paypal.certificate.js';

interface Authority {
  rootPem: string;
  intermediatePem: string;
  intermediateKeyPem: string;
}

interface Signer {
  keyPem: string;
  /** The signer's certificate and the intermediate one, as PayPal serves them. */
  chainPem: string;
}

export interface SigningIdentity {
  name: string;
  key: KeyObject;
  chainPem: string;
}

const topic = 'paypal.identity';
const dayMs = 24 * 60 * 60 * 1_000;
const rootName = 'Sandbox PayPal Root CA';
const intermediateName = 'Sandbox PayPal Issuing CA';
const signerName = 'messageverificationcerts.sandbox.paypal.com';

/**
 * Who signs the webhooks: a root, an intermediate and the signer's certificate, made when first asked for and
 * kept in the state file. Receivers trust the root, so it stays when the state is forgotten.
 */
export class PaypalIdentity {
  private authority?: Authority;
  private signer?: Signer;
  private identity?: SigningIdentity;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {
    journal.add(topic, {
      apply: (row) => {
        const { authority, signer } = row as { authority?: Authority; signer?: Signer };
        this.authority = authority ?? this.authority;
        this.signer = signer ?? this.signer;
      },
      rows: () => this.rows(),
      clear: () => {},
    });
  }

  rootPem(): string {
    return this.establishedAuthority().rootPem;
  }

  signing(): SigningIdentity {
    this.identity ??= identityOf(this.signer ?? this.createSigner());
    return this.identity;
  }

  private rows(): Record<string, unknown>[] {
    const { authority, signer } = this;
    return [...(authority ? [{ authority }] : []), ...(signer ? [{ signer }] : [])];
  }

  private establishedAuthority(): Authority {
    return this.authority ?? this.createAuthority();
  }

  private createAuthority(): Authority {
    const root = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const intermediate = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const issued = { issuer: rootName, signWith: root.privateKey, authority: true };
    const authority = {
      rootPem: certificate({
        ...issued,
        ...this.validity(),
        subject: rootName,
        publicKey: root.publicKey,
      }),
      intermediatePem: certificate({
        ...issued,
        ...this.validity(),
        subject: intermediateName,
        publicKey: intermediate.publicKey,
      }),
      intermediateKeyPem: pemOf(intermediate.privateKey),
    };
    this.authority = authority;
    this.journal.append(topic, { authority });
    return authority;
  }

  /** PayPal signs with RSA. */
  private createSigner(): Signer {
    const { intermediatePem, intermediateKeyPem } = this.establishedAuthority();
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = certificate({
      ...this.validity(),
      subject: signerName,
      issuer: intermediateName,
      publicKey,
      signWith: createPrivateKey(intermediateKeyPem),
      authority: false,
    });
    const signer = { keyPem: pemOf(privateKey), chainPem: pem + intermediatePem };
    this.signer = signer;
    this.journal.append(topic, { signer });
    return signer;
  }

  private validity(): { fromMs: number; untilMs: number } {
    const now = this.clock.now();
    return { fromMs: now - dayMs, untilMs: now + 3_650 * dayMs };
  }
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function identityOf({ keyPem, chainPem }: Signer): SigningIdentity {
  const digits = new X509Certificate(chainPem).fingerprint256.replaceAll(':', '').toLowerCase();
  const name = ['CERT', digits.slice(0, 8), digits.slice(8, 16), digits.slice(16, 24)].join('-');
  return { name, key: createPrivateKey(keyPem), chainPem };
}
