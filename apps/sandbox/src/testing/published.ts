import { Either, isTexts, ListOf, type Shape, type Type } from '../shape.js';

/** A type as a provider's own package publishes it. What is nested is read when it is asked for. */
export type Published =
  | { is: 'text' | 'number' | 'flag' | 'null' | 'map' | 'any' }
  | { is: 'texts'; texts: readonly string[] }
  | { is: 'list'; item: () => Published }
  | { is: 'object'; fields: () => PublishedFields }
  | { is: 'either'; types: readonly Published[] };

export type PublishedFields = ReadonlyMap<string, PublishedField>;

export interface PublishedField {
  optional: boolean;
  type: () => Published;
}

/** The alternatives of a type, none of them an alternative itself. */
export function alternatives(type: Published): Exclude<Published, { is: 'either' }>[] {
  return type.is === 'either' ? type.types.flatMap(alternatives) : [type];
}

/** All texts that a type lists. */
export function textsOf(type: Published): string[] {
  return alternatives(type).flatMap((one) => (one.is === 'texts' ? one.texts : []));
}

/** What a type of ours allows and the published one does not, each with where it is. */
export function differences(ours: Type, published: Published, path: string): string[] {
  const kinds = alternatives(published);
  const has = (is: Published['is']): boolean => kinds.some((kind) => kind.is === is);
  if (has('any')) return [];
  if (ours instanceof Either) return ours.types.flatMap((one) => differences(one, published, path));
  if (typeof ours === 'string') {
    const words = ours.split('|').filter((word) => !isPublished(word, has));
    return words.map((word) => `${path} is no ${word}`);
  }
  if (isTexts(ours)) {
    const texts = new Set(textsOf(published));
    const odd = ours.filter((text) => !texts.has(text) && !has('text'));
    return odd.map((text) => `${path} is never ${text}`);
  }
  if (ours instanceof ListOf) {
    const list = kinds.find((kind) => kind.is === 'list');
    return list ? differences(ours.item, list.item(), `${path}[]`) : [`${path} is no list`];
  }
  // Free keys: whatever we write is one of them.
  if (has('map')) return [];
  const objects = kinds.filter((kind) => kind.is === 'object');
  const found = objects.map((object) => shapeDifferences(ours, object.fields(), path));
  return found.toSorted((one, other) => one.length - other.length)[0] ?? [`${path} is no object`];
}

function shapeDifferences(ours: Shape, fields: PublishedFields, path: string): string[] {
  const found: string[] = [];
  for (const [key, type] of Object.entries(ours)) {
    const name = key.replace(/\?$/, '');
    const field = fields.get(name);
    if (!field) found.push(`${path}.${name} is not published`);
    else {
      if (name !== key && !field.optional) found.push(`${path}.${name} is never missing`);
      found.push(...differences(type, field.type(), `${path}.${name}`));
    }
  }
  const known = new Set(Object.keys(ours).map((key) => key.replace(/\?$/, '')));
  const missing = [...fields].filter(([name, { optional }]) => !optional && !known.has(name));
  return [...found, ...missing.map(([name]) => `${path}.${name} is always there`)];
}

const words: Readonly<Record<string, Published['is']>> = {
  string: 'text',
  integer: 'number',
  boolean: 'flag',
  null: 'null',
  map: 'map',
  object: 'object',
};

function isPublished(word: string, has: (is: Published['is']) => boolean): boolean {
  const is = words[word];
  return is !== undefined && has(is);
}
