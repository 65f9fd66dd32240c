import { createHash, createHmac } from 'node:crypto';
import type { Fingerprint } from '../../http/request.js';
import { keyIdOf } from '../../platform/vault.service.js';
import type { Keyring } from '../../settings.js';

/** The keyed hashes of a request, field by field and as a whole, under each key of the keyring. */
export function fingerprints(keys: Keyring, request: Record<string, unknown>): Fingerprint[] {
  const canonical = Object.keys(request)
    .sort()
    .map((name) => [name, `${name}:${canonicalJson(request[name])}`] as const);
  return [...keys].map(([keyId, key]) => {
    const fields = Object.fromEntries(
      canonical.map(([name, text]) => {
        const mac = createHmac('sha256', key).update(text).digest('base64url');
        return [name, `${keyId}.${mac}`];
      }),
    );
    const fingerprint = createHash('sha256').update(JSON.stringify(fields)).digest('hex');
    return { fields, fingerprint };
  });
}

/** The fingerprint that can be compared with stored fields: the one that was made with their key. */
export function comparable(
  stored: Record<string, string>,
  candidates: readonly Fingerprint[],
): Fingerprint | undefined {
  const keyId = keyOf(stored);
  return candidates.find(({ fields }) => {
    const ownKeyId = keyOf(fields);
    // No fields at all are the same under every key.
    return ownKeyId === keyId || ownKeyId === undefined || keyId === undefined;
  });
}

function keyOf(fields: Record<string, string>): string | undefined {
  const [first] = Object.values(fields);
  return first === undefined ? undefined : keyIdOf(first);
}

/** The names of the fields in which two requests differ. */
export function mismatchedFields(
  first: Record<string, string>,
  second: Record<string, string>,
): string[] {
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  return [...names].filter((name) => first[name] !== second[name]).sort();
}

/** JSON in which the order of an object's fields does not matter. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}
