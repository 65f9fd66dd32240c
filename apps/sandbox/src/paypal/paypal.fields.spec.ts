import { alternatives, type Published, textsOf } from '../testing/published.js';
import { paypalSdk } from '../testing/paypal-published.js';
import type { Fields } from './paypal.fields.js';
import { requestFields } from './paypal.requests.js';

type Rule = Fields[string];

/** Where our fields and the SDK's type differ: neither may have a name that the other does not. */
function undecided(fields: Fields, type: Published, path: string): string[] {
  const published = new Map(
    alternatives(type).flatMap((one) => (one.is === 'object' ? [...one.fields()] : [])),
  );
  const rules = Object.entries(fields);
  const ours = new Set(rules.map(([key]) => key.replace(/!$/, '')));
  const missing = [...published.keys()].filter((name) => !ours.has(name));
  const inside = rules.flatMap(([key, rule]) => {
    const name = key.replace(/!$/, '');
    const field = published.get(name);
    if (!field) return [`${path}.${name}`];
    const freed = !field.optional && name === key ? [`${path}.${name} is required`] : [];
    return [...freed, ...held(rule, field.type(), `${path}.${name}`)];
  });
  return [...missing.map((name) => `${path}.${name}`), ...inside];
}

function held(rule: Rule, type: Published, path: string): string[] {
  const has = (is: Published['is']): boolean => alternatives(type).some((one) => one.is === is);
  if (rule === 'unsupported') return [];
  if (rule === 'flag') return has('flag') ? [] : [path];
  if (typeof rule === 'string') return has('text') ? [] : [path];
  if (isEnumeration(rule)) {
    const texts = textsOf(type);
    return rule.every((text) => texts.includes(text)) ? [] : [path];
  }
  if (!isList(rule)) return undecided(rule, type, path);
  const list = alternatives(type).find((one) => one.is === 'list');
  return list ? undecided(rule.list, list.item(), `${path}[]`) : [path];
}

function isEnumeration(rule: Rule): rule is readonly string[] {
  return Array.isArray(rule);
}

function isList(rule: Fields | { readonly list: Fields }): rule is { readonly list: Fields } {
  return Object.hasOwn(rule, 'list');
}

describe('the fields that the sandbox knows', () => {
  it.each([
    ['createOrder', 'models/orderRequest', 'OrderRequest'],
    ['captureOrder', 'models/orderCaptureRequest', 'OrderCaptureRequest'],
    ['refundCapture', 'models/refundRequest', 'RefundRequest'],
  ] as const)('of %s are those that the official SDK sends', (name, file, type) => {
    expect(undecided(requestFields[name], paypalSdk.type(file, type), name)).toEqual([]);
  });
});
