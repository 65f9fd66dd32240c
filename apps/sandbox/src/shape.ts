/**
 * A type of a wire value: `string`, `integer`, `boolean`, `null`, `map` (an object of strings) or `object` (one that
 * is looked at elsewhere), several joined by `|`; the texts that are possible; a nested shape; a list; or one of several.
 */
export type Type = string | readonly string[] | Shape | ListOf | Either;

/** The shape of a wire object: field to type; a name that ends in `?` may be missing. */
export interface Shape {
  readonly [field: string]: Type;
}

export class ListOf {
  constructor(readonly item: Type) {}
}

export class Either {
  constructor(readonly types: readonly Type[]) {}
}

export function listOf(item: Type): ListOf {
  return new ListOf(item);
}

/** The errors of a value that fits none are those of the last. */
export function either(...types: readonly Type[]): Either {
  return new Either(types);
}

export function orNull(type: Type): Either {
  return new Either(['null', type]);
}

/** Thrown for an answer that the provider's specification does not allow: a fault of the sandbox itself. */
export class ImpossibleAnswerError extends Error {
  override readonly name = 'ImpossibleAnswerError';
}

/** Names the first thing wrong with a value, if any. */
type Check = (value: unknown, path: string) => string | undefined;

/** Compiles a type once. */
export function compile(type: Type): Check {
  if (typeof type === 'string') return compileWords(type);
  if (isTexts(type)) return compileTexts(type);
  if (type instanceof ListOf) return compileList(type);
  if (type instanceof Either) return compileEither(type);
  return compileShape(type);
}

/** A list of texts, told apart from the other types. */
export function isTexts(type: Type): type is readonly string[] {
  return Array.isArray(type);
}

function compileShape(shape: Shape): Check {
  const fields = new Map<string, Check>();
  const required: string[] = [];
  for (const [key, type] of Object.entries(shape)) {
    const name = key.replace(/\?$/, '');
    fields.set(name, compile(type));
    if (name === key) required.push(name);
  }
  return (value, path) => {
    if (!isObject(value)) return `${path} is ${typeOf(value)}, not object`;
    for (const [name, inner] of Object.entries(value)) {
      const check = fields.get(name);
      if (!check) return `${path}.${name} is not published`;
      const problem = check(inner, `${path}.${name}`);
      if (problem !== undefined) return problem;
    }
    const missing = required.find((name) => !Object.hasOwn(value, name));
    return missing === undefined ? undefined : `${path}.${missing} is missing`;
  };
}

function compileList({ item }: ListOf): Check {
  const check = compile(item);
  return (value, path) => {
    if (!Array.isArray(value)) return `${path} is ${typeOf(value)}, not array`;
    for (const [index, inner] of value.entries()) {
      const problem = check(inner, `${path}[${index}]`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

function compileEither({ types }: Either): Check {
  const checks = types.map(compile);
  return (value, path) => {
    let problem: string | undefined;
    for (const check of checks) {
      problem = check(value, path);
      if (problem === undefined) return undefined;
    }
    return problem;
  };
}

function compileTexts(texts: readonly string[]): Check {
  return (value, path) =>
    texts.includes(value as string)
      ? undefined
      : `${path} is ${JSON.stringify(value)}, which is not published`;
}

function compileWords(type: string): Check {
  const allowed = new Set(type.split('|'));
  return (value, path) => {
    const found = typeOf(value);
    if (allowed.has(found)) return undefined;
    if (allowed.has('map') && isObject(value)) {
      const odd = Object.entries(value).find(([, text]) => typeof text !== 'string');
      return odd && `${path}.${odd[0]} is ${typeOf(odd[1])}, not string`;
    }
    return `${path} is ${found}, not ${type}`;
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isSafeInteger(value) ? 'integer' : typeof value;
}
