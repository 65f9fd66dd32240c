import { getMetadataStorage, type ValidationError } from 'class-validator';

/** The rules on one field by name, each with what it was given. */
type Rules = ReadonlyMap<string, readonly unknown[]>;

/** What a field should be, by the rule that says most about it. The first one that the field has speaks. */
const expectations: [rule: string, say: (rules: Rules) => string][] = [
  ['isEmail', (rules) => `an email address like jane.doe@example.com,${longest(rules)}`],
  ['isUrl', (rules) => `a URL that begins with ${beginnings(rules)},${longest(rules)}`],
  ['isUuid', () => 'a UUID'],
  ['isIp', () => 'an IPv4 or IPv6 address'],
  ['isInt', (rules) => `a whole number${range(rules)}`],
  ['isBoolean', () => 'true or false'],
  ['isIn', (rules) => `one of ${valuesOf(rules.get('isIn')?.[0]).join(', ')}`],
  ['isIso8601', () => 'a time like 2026-01-31T12:00:00Z'],
  ['isObject', () => 'an object'],
  ['isLength', (rules) => `a string of ${rules.get('isLength')?.join(' to ')} characters`],
  ['isString', (rules) => `a string${longest(rules)}`],
];

/** Rules whose own texts say less than the field's rules together. */
const spokenFor = new Set([...expectations.map(([rule]) => rule), 'min', 'max', 'maxLength']);

/** What a partner reads about a field that a rule refused: what the field should be. */
export function parameterText(failure: ValidationError, rule: string, param: string): string {
  const text = failure.constraints?.[rule] ?? '';
  if (rule === 'whitelistValidation') return `${param} is not a known parameter`;
  if (rule === 'nestedValidation') return `${param} must be an object`;
  const found = rulesOf(failure);
  const said = found.find(({ name }) => name === rule)?.message;
  if (said || !spokenFor.has(rule)) return text;
  const rules: Rules = new Map(found.map(({ name, constraints }) => [name, constraints]));
  const expectation = expectations.find(([name]) => rules.has(name));
  return expectation ? `${param} must be ${expectation[1](rules)}`.replace(/,$/, '') : text;
}

function rulesOf({ target, property }: ValidationError) {
  if (!target) return [];
  const all = getMetadataStorage().getTargetValidationMetadatas(
    target.constructor,
    '',
    false,
    false,
  );
  return all
    .filter(({ propertyName }) => propertyName === property)
    .map(({ name, type, message, constraints }) => ({
      ...{ name: name ?? type, message, constraints: (constraints as unknown[] | undefined) ?? [] },
    }));
}

function numberOf(rules: Rules, rule: string): number | undefined {
  return rules.get(rule)?.[0] as number | undefined;
}

function longest(rules: Rules): string {
  const most = numberOf(rules, 'maxLength');
  return most === undefined ? '' : ` of at most ${most} characters`;
}

function range(rules: Rules): string {
  const [least, most] = [numberOf(rules, 'min'), numberOf(rules, 'max')];
  if (most === undefined) return least === undefined ? '' : ` from ${least} on`;
  return least === undefined ? ` up to ${most}` : ` from ${least} to ${most}`;
}

function beginnings(rules: Rules): string {
  const [options] = rules.get('isUrl') ?? [];
  const { protocols = [] } = (options ?? {}) as { protocols?: string[] };
  return protocols.map((protocol) => `${protocol}://`).join(' or ');
}

function valuesOf(values: unknown): string[] {
  return Array.isArray(values) ? values.map(String) : [];
}
