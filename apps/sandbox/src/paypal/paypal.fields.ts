import { isWebAddress } from '../url.js';
import { issue, UnknownFieldError } from './paypal.errors.js';

/**
 * The fields of a request: `text` with an optional greatest length, `url`, `flag`, `unsupported` (PayPal has it,
 * the sandbox does not), the values of an enumeration, a nested object, or a list of objects. A name that ends
 * in `!` must be there.
 */
export interface Fields {
  readonly [name: string]: string | readonly string[] | Fields | { readonly list: Fields };
}

type Rule = Fields[string];

/** Throws PayPal's error for the first thing wrong with a request. */
export function checkFields(value: unknown, fields: Fields, path = ''): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(path);
  const rules = new Map(
    Object.entries(fields).map(([name, rule]) => [name.replace(/!$/, ''), rule] as const),
  );
  for (const [name, inner] of Object.entries(value)) {
    const rule = rules.get(name);
    if (rule === undefined) throw new UnknownFieldError(`${path}/${name}`);
    checkField(inner, rule, `${path}/${name}`);
  }
  for (const name of Object.keys(fields)) {
    if (name.endsWith('!') && !Object.hasOwn(value, name.slice(0, -1))) {
      throw issue('MISSING_REQUIRED_PARAMETER', { field: `${path}/${name.slice(0, -1)}` });
    }
  }
}

function checkField(value: unknown, rule: Rule, field: string): void {
  if (rule === 'unsupported') throw issue('NOT_SUPPORTED', { field });
  if (rule === 'flag') {
    if (typeof value !== 'boolean') throw malformed(field);
    return;
  }
  if (typeof rule === 'string') return checkText(value, rule, field);
  if (isEnumeration(rule)) {
    checkText(value, 'text', field);
    if (!rule.includes(value as string)) {
      throw issue('INVALID_PARAMETER_VALUE', { field, value: value as string });
    }
    return;
  }
  if (!isList(rule)) return checkFields(value, rule, field);
  if (!Array.isArray(value)) throw malformed(field);
  for (const [index, item] of value.entries()) checkFields(item, rule.list, `${field}/${index}`);
}

function checkText(value: unknown, rule: string, field: string): void {
  if (typeof value !== 'string') throw malformed(field);
  const [kind, longest = '3000'] = rule.split(':');
  if (value === '' || value.length > Number(longest)) {
    throw issue('INVALID_STRING_LENGTH', { field, value: value.slice(0, 200) });
  }
  if (kind === 'url' && !isWebAddress(value)) {
    throw issue('INVALID_PARAMETER_SYNTAX', { field, value });
  }
}

function isEnumeration(rule: Rule): rule is readonly string[] {
  return Array.isArray(rule);
}

function isList(rule: Fields | readonly string[] | { readonly list: Fields }): rule is {
  readonly list: Fields;
} {
  return Object.hasOwn(rule, 'list');
}

/** PayPal says the same of a field that it does not know and of one of the wrong type. */
function malformed(field: string): Error {
  return issue('MALFORMED_REQUEST_JSON', { field: field === '' ? '/' : field });
}
