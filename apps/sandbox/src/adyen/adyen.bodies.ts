import { invalid, malformed, UnknownFieldError } from './adyen.errors.js';
import type { Kind, Structure } from './adyen.kinds.js';
import type { WireAmount, WireObject } from './adyen.wire.js';

/** The body of a request, checked against what is published. */
export function readBody(text: unknown, structure: Structure): WireObject {
  return checked(parse(text), structure);
}

function parse(text: unknown): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : '');
  } catch {
    throw malformed('Problem reading or understanding request');
  }
}

/** @throws AdyenError for a field that is not published or holds the wrong kind of value */
export function checked(value: unknown, { name, fields, notOffered }: Structure): WireObject {
  if (!isObject(value)) throw malformed(`Structure of ${name} is no object`);
  const strange = Object.keys(value).filter((field) => !Object.hasOwn(fields, field));
  const unknown = strange.filter((field) => !notOffered?.has(field));
  if (unknown.length > 0) throw new UnknownFieldError(name, unknown);
  if (strange.length > 0) {
    throw malformed(`The sandbox does not offer these fields of ${name}: [${strange.join(', ')}]`);
  }
  for (const [field, inner] of Object.entries(value)) {
    const kind = fields[field];
    if (kind !== undefined && !holds(inner, kind)) {
      throw malformed(`${name}.${field} holds an unexpected value`);
    }
  }
  return value;
}

function holds(value: unknown, kind: Kind): boolean {
  if (value === null) return false;
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'map':
      return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
    case 'any':
      return true;
  }
  if (isList(kind)) {
    return Array.isArray(value) && value.every((item) => checked(item, kind.listOf) === item);
  }
  if (isStructure(kind)) return checked(value, kind) === value;
  return typeof value === 'string' && kind.includes(value);
}

function isList(kind: Kind): kind is { readonly listOf: Structure } {
  return typeof kind === 'object' && 'listOf' in kind;
}

function isStructure(kind: Kind): kind is Structure {
  return typeof kind === 'object' && 'fields' in kind;
}

function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(body: WireObject, field: string): string | undefined {
  const value = body[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function mapOf(body: WireObject, field: string): Record<string, string> {
  return (body[field] ?? {}) as Record<string, string>;
}

const missing: Readonly<Record<string, [code: string, message: string]>> = {
  amount: ['100', "Required object 'amount' is not provided."],
  reference: ['130', "Required field 'reference' is not provided."],
  paymentReference: ['130', "Required field 'paymentReference' is not provided."],
  returnUrl: ['14_030', 'Return URL is missing.'],
};

function required(field: string): never {
  const [code, message] = missing[field] ?? ['702', `Required field '${field}' is not provided.`];
  throw invalid(code, message);
}

export function requiredText(body: WireObject, field: string): string {
  return textOf(body, field) ?? required(field);
}

export function requiredAmount(body: WireObject): WireAmount {
  const { currency, value } = (body['amount'] ?? {}) as Partial<WireAmount>;
  if (currency === undefined || value === undefined) return required('amount');
  return { currency, value };
}

const longestReference = 80;

/** The merchant's own name for a payment or a modification. */
export function checkedReference(reference: string): string {
  if (reference.length <= longestReference) return reference;
  throw malformed(`reference has more than ${longestReference} characters`);
}

/** Limits of Checkout v72: 20 pairs, keys of 20 characters, values of 80. */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  const pairs = Object.entries(metadata);
  const fits = pairs.every(([key, value]) => key.length <= 20 && value.length <= 80);
  if (pairs.length > 20 || !fits) throw invalid('177', 'Metadata size exceeds limit');
}
