import { createHash, createHmac } from 'node:crypto';
import type { IdempotencyClaim } from '../../http/request.js';

/** The keyed hashes of a request, field by field and as a whole. */
export function fingerprint(
  pepper: Buffer,
  request: Record<string, unknown>,
): Pick<IdempotencyClaim, 'fields' | 'fingerprint'> {
  const fields: Record<string, string> = {};
  for (const name of Object.keys(request).sort()) {
    const mac = createHmac('sha256', pepper).update(`${name}:${canonicalJson(request[name])}`);
    fields[name] = mac.digest('base64url');
  }
  const whole = createHash('sha256').update(JSON.stringify(fields)).digest('hex');
  return { fields, fingerprint: whole };
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
