import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Config, CONFIG } from '../config.js';
import type { Keyring } from '../settings.js';

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
/** A key id, and at least the iv and the tag in base64url. */
const keyedForm = /^([\w-]{1,16})\.([\w-]{38,})$/;

/** A value that none of the keys opens, or that was changed or moved. */
export class UnreadableValueError extends Error {
  override readonly name = 'UnreadableValueError';
}

/** Every column that holds envelopes. `keys rotate` covers them all. */
export type SealedColumn =
  | 'transactions.customer_email'
  | 'transactions.customer_name'
  | 'transactions.customer_phone'
  | 'partners.webhook_secret'
  | 'partners.webhook_secret_previous'
  | 'webhook_delivery_attempts.answer'
  | 'idempotency_keys.response'
  | 'provider_webhooks.body';

/** Where an envelope lies: its column and the key of its row, whose parts are joined by colons. */
export type Place = `${SealedColumn}:${string}`;

/**
 * Encrypts what must not lie in the database in plaintext.
 *
 * An envelope is `<key id>.<base64url of iv, ciphertext and tag>`. It is bound to its place
 * (column and row), so an envelope copied to another row does not open.
 */
@Injectable()
export class Vault {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'ENCRYPTION_KEYS' | 'HASH_KEYS'>,
  ) {}

  seal(plaintext: string, place: Place): string {
    const [keyId, key] = firstKey(this.config.ENCRYPTION_KEYS);
    const iv = randomBytes(ivBytes);
    const encryption = createCipheriv(cipher, key, iv).setAAD(Buffer.from(place));
    const parts = [iv, encryption.update(plaintext, 'utf8'), encryption.final()];
    return `${keyId}.${Buffer.concat([...parts, encryption.getAuthTag()]).toString('base64url')}`;
  }

  /** @throws UnreadableValueError */
  open(envelope: string, place: Place): string {
    const [, keyId, payload] = keyedForm.exec(envelope) ?? [];
    if (!keyId || !payload) throw new UnreadableValueError('not an envelope');
    const key = this.config.ENCRYPTION_KEYS.get(keyId);
    if (!key) throw new UnreadableValueError(`no encryption key with the id ${keyId}`);
    const bytes = Buffer.from(payload, 'base64url');
    const decryption = createDecipheriv(cipher, key, bytes.subarray(0, ivBytes));
    decryption.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-tagBytes));
    const start = decryption.update(bytes.subarray(ivBytes, -tagBytes), undefined, 'utf8');
    try {
      return start + decryption.final('utf8');
    } catch (error) {
      throw new UnreadableValueError((error as Error).message, { cause: error });
    }
  }

  /** Seals a value that may be absent. */
  sealOptional(plaintext: string | undefined, place: Place): string | null {
    return plaintext === undefined ? null : this.seal(plaintext, place);
  }

  /** Opens a value that may be absent. */
  openOptional(envelope: string | null, place: Place): string | null {
    return envelope === null ? null : this.open(envelope, place);
  }

  /** Whether an envelope is sealed with the key that seals new ones. */
  isCurrent(envelope: string): boolean {
    return keyIdOf(envelope) === firstKey(this.config.ENCRYPTION_KEYS)[0];
  }

  /** The hash under which an email address is found: the same for all its spellings. */
  hashEmail(email: string): string {
    return emailHash(email, firstKey(this.config.HASH_KEYS));
  }

  /** The hashes of an email address under all keys: during a rotation a row may have any of them. */
  emailHashes(email: string): string[] {
    return [...this.config.HASH_KEYS].map((entry) => emailHash(email, entry));
  }

  /** Whether a hash is made with the key that makes new ones. */
  isCurrentHash(hash: string): boolean {
    return keyIdOf(hash) === firstKey(this.config.HASH_KEYS)[0];
  }
}

/**
 * The id of the key that an envelope or a keyed hash was made with.
 *
 * @returns `undefined` for anything else: it may be what should have been sealed
 */
export function keyIdOf(keyed: string): string | undefined {
  return keyedForm.exec(keyed)?.[1];
}

function emailHash(email: string, [keyId, key]: [string, Buffer]): string {
  const canonical = email.normalize('NFC').trim().toLowerCase();
  return `${keyId}.${createHmac('sha256', key).update(canonical).digest('hex')}`;
}

function firstKey(keyring: Keyring): [string, Buffer] {
  const [entry] = keyring;
  if (!entry) throw new Error('the keyring is empty');
  return entry;
}
