import { invalidRequest } from './stripe.errors.js';
import type { ParameterKind, ParameterTable } from './stripe.parameter-tables.js';

/** The parameters of one request, checked against their table. */
export class Parameters {
  private readonly single = new Map<string, string>();
  private readonly lists = new Map<string, string[]>();
  readonly metadata: Record<string, string>;

  constructor(form: URLSearchParams, table: ParameterTable) {
    const { offered, notOffered } = table;
    const metadata = new Map<string, string>();
    for (const [name, value] of form) {
      const pattern = name
        .replace(/\[\d*\]$/, '[]')
        .replace(/^metadata\[[^[\]]+\]$/, 'metadata[*]');
      const kind = Object.hasOwn(offered, pattern) ? offered[pattern] : undefined;
      if (kind === undefined) throw unknownParameter(name, notOffered);
      if (pattern === 'metadata[*]') metadata.set(name.slice('metadata['.length, -1), value);
      else if (pattern.endsWith('[]'))
        this.append(pattern.slice(0, -2), checked(name, value, kind));
      else this.single.set(name, checked(name, value, kind));
    }
    this.metadata = checkedMetadata(metadata);
  }

  text(name: string): string | undefined {
    return this.single.get(name);
  }

  integer(name: string): number | undefined {
    const value = this.single.get(name);
    return value === undefined ? undefined : Number(value);
  }

  flag(name: string): boolean {
    return this.single.get(name) === 'true';
  }

  list(name: string): string[] | undefined {
    return this.lists.get(name);
  }

  required(name: string): string {
    const value = this.single.get(name);
    if (value !== undefined) return value;
    throw invalidRequest(`Missing required param: ${name}.`, name, 'parameter_missing');
  }

  private append(name: string, value: string): void {
    const list = this.lists.get(name);
    if (list) list.push(value);
    else this.lists.set(name, [value]);
  }
}

function unknownParameter(name: string, notOffered: readonly string[] = []): Error {
  const isPublished = notOffered.some((known) => name === known || name.startsWith(`${known}[`));
  return isPublished
    ? invalidRequest(`The sandbox does not offer the parameter: ${name}`, name)
    : invalidRequest(`Received unknown parameter: ${name}`, name, 'parameter_unknown');
}

function checked(name: string, value: string, kind: ParameterKind): string {
  if (value === '') {
    const message = `You passed an empty string for '${name}'. Leave it out instead.`;
    throw invalidRequest(message, name, 'parameter_invalid_empty');
  }
  if (kind === 'integer' && !/^-?\d{1,15}$/.test(value)) {
    throw invalidRequest(`Invalid integer: ${value}`, name, 'parameter_invalid_integer');
  }
  if (kind === 'flag' && value !== 'true' && value !== 'false') {
    throw invalidRequest(`Invalid boolean: ${value}`, name);
  }
  if (typeof kind !== 'string' && !kind.includes(value)) {
    throw invalidRequest(`The sandbox offers for ${name} only: ${kind.join(', ')}`, name);
  }
  return value;
}

function checkedMetadata(metadata: ReadonlyMap<string, string>): Record<string, string> {
  if (metadata.size > 50) throw invalidRequest('Metadata can have at most 50 keys.', 'metadata');
  for (const [key, value] of metadata) {
    const param = `metadata[${key}]`;
    if (key.length > 40) throw invalidRequest('Metadata keys have at most 40 characters.', param);
    if (value.length > 500)
      throw invalidRequest('Metadata values have at most 500 characters.', param);
  }
  // An empty value unsets a key.
  return Object.fromEntries([...metadata].filter(([, value]) => value !== ''));
}
