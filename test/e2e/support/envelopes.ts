import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

// Envelopes as docs/keys.md describes them, written a second time: the product's own code would
// agree with itself.

/** `<id>:<base64 of 32 bytes>`, as a setting has it. */
export function newKey(id: string): string {
  return `${id}:${randomBytes(32).toString('base64')}`;
}

export function sealWith(keyEntry: string, place: string, content: string): string {
  const [id, key] = partsOf(keyEntry);
  const iv = randomBytes(12);
  const encryption = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([encryption.update(content, 'utf8'), encryption.final()]);
  return `${id}.${Buffer.concat([iv, sealed, encryption.getAuthTag()]).toString('base64url')}`;
}

export function openWith(keyEntry: string, place: string, envelope: string): string {
  const [id, key] = partsOf(keyEntry);
  const [foundId, payload = ''] = envelope.split('.');
  if (foundId !== id) throw new Error(`sealed under ${foundId}, not under ${id}`);
  const bytes = Buffer.from(payload, 'base64url');
  const decryption = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decryption.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-16));
  return decryption.update(bytes.subarray(12, -16)).toString() + decryption.final().toString();
}

export function emailHashWith(keyEntry: string, email: string): string {
  const [id, key] = partsOf(keyEntry);
  return `${id}.${createHmac('sha256', key).update(email).digest('hex')}`;
}

function partsOf(keyEntry: string): [id: string, key: Buffer] {
  const [id = '', key = ''] = keyEntry.split(':');
  return [id, Buffer.from(key, 'base64')];
}
