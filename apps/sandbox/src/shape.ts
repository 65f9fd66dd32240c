/**
 * The shape of a wire object: field to type. A type is `string`, `integer`, `boolean`, `object`, `array` or
 * `null`, several joined by `|`, or a nested shape; a name that ends in `?` may be missing.
 */
export interface Shape {
  readonly [field: string]: string | Shape;
}

/** Thrown for an answer that the provider's specification does not allow: a fault of the sandbox itself. */
export class ImpossibleAnswerError extends Error {
  override readonly name = 'ImpossibleAnswerError';
}

type Check = (value: unknown, path: string) => string | undefined;

/** Compiles a shape once; the answer names the first thing wrong with an object, if any. */
export function compileShape(shape: Shape): Check {
  const fields = new Map<string, { optional: boolean; check: Check }>();
  for (const [key, type] of Object.entries(shape)) {
    const optional = key.endsWith('?');
    const check = typeof type === 'string' ? compileType(type) : nullable(compileShape(type));
    fields.set(optional ? key.slice(0, -1) : key, { optional, check });
  }
  const required = [...fields].filter(([, field]) => !field.optional).map(([name]) => name);
  return (value, path) => {
    if (typeof value !== 'object' || value === null) return `${path} is no object`;
    for (const [name, inner] of Object.entries(value)) {
      const problem =
        fields.get(name)?.check(inner, `${path}.${name}`) ?? unknownField(fields, name, path);
      if (problem !== undefined) return problem;
    }
    const missing = required.find((name) => !Object.hasOwn(value, name));
    return missing === undefined ? undefined : `${path}.${missing} is missing`;
  };
}

function unknownField(
  fields: ReadonlyMap<string, unknown>,
  name: string,
  path: string,
): string | undefined {
  return fields.has(name) ? undefined : `${path}.${name} is not published`;
}

function nullable(check: Check): Check {
  return (value, path) => (value === null ? undefined : check(value, path));
}

function compileType(type: string): Check {
  const allowed = new Set(type.split('|'));
  return (value, path) => {
    const found = typeOf(value);
    return allowed.has(found) ? undefined : `${path} is ${found}, not ${type}`;
  };
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isSafeInteger(value) ? 'integer' : typeof value;
}
