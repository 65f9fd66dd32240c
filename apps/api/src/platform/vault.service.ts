import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Config, CONFIG } from '../config.js';
import type { Keyring } from '../settings.js';

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Encrypts what must not lie in the database in plaintext.
 *
 * An envelope is `<key id>.<base64url of iv, ciphertext and tag>`. It is bound to its place
 * (column and row), so an envelope copied to another row does not open.
 */
@Injectable()
export class Vault {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  seal(plaintext: string, place: string): string {
    const [keyId, key] = firstKey(this.config.ENCRYPTION_KEYS);
    const iv = randomBytes(ivBytes);
    const encryption = createCipheriv(cipher, key, iv).setAAD(Buffer.from(place));
    const parts = [iv, encryption.update(plaintext, 'utf8'), encryption.final()];
    return `${keyId}.${Buffer.concat([...parts, encryption.getAuthTag()]).toString('base64url')}`;
  }

  open(envelope: string, place: string): string {
    const [keyId, payload] = splitOnce(envelope);
    const key = this.config.ENCRYPTION_KEYS.get(keyId);
    if (!key) throw new Error(`no encryption key with the id ${keyId}`);
    const bytes = Buffer.from(payload, 'base64url');
    const decryption = createDecipheriv(cipher, key, bytes.subarray(0, ivBytes));
    decryption.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-tagBytes));
    const start = decryption.update(bytes.subarray(ivBytes, -tagBytes), undefined, 'utf8');
    return start + decryption.final('utf8');
  }

  /** Seals a value that may be absent. */
  sealOptional(plaintext: string | undefined, place: string): string | null {
    return plaintext === undefined ? null : this.seal(plaintext, place);
  }

  /** Opens a value that may be absent. */
  openOptional(envelope: string | null, place: string): string | null {
    return envelope === null ? null : this.open(envelope, place);
  }

  /** The hash under which an email address is found: the same for all its spellings. */
  hashEmail(email: string): string {
    const [keyId, key] = firstKey(this.config.HASH_KEYS);
    const canonical = email.normalize('NFC').trim().toLowerCase();
    return `${keyId}.${createHmac('sha256', key).update(canonical).digest('hex')}`;
  }
}

function firstKey(keyring: Keyring): [string, Buffer] {
  const [entry] = keyring;
  if (!entry) throw new Error('the keyring is empty');
  return entry;
}

function splitOnce(envelope: string): [string, string] {
  const dot = envelope.indexOf('.');
  return [envelope.slice(0, dot), envelope.slice(dot + 1)];
}
