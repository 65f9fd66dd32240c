const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/**
 * How many members the objects of a JSON text have, those that a parser would drop included: outside of the strings
 * there is one colon for each.
 *
 * @param json valid JSON
 */
export function countMembers(json: Uint8Array): number {
  let members = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === colon) members++;
    else if (byte === quote) at = endOfString(json, at);
  }
  return members;
}

function endOfString(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at;
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

interface Level {
  path: string;
  /** The members so far; `undefined` in an array. */
  names: Set<string> | undefined;
}

/**
 * The path of the first name that an object has twice, as in `metadata.order`; `undefined` when the text is nested
 * deeper than `maxDepth` before one is found.
 *
 * @param json valid JSON
 */
export function findDuplicateName(json: string, maxDepth: number): string | undefined {
  const levels: Level[] = [];
  let member = '';
  let text = '';
  for (const [found] of json.matchAll(token)) {
    const level = levels.at(-1);
    if (levels.length > maxDepth + 1) return undefined;
    const path = level?.names ? member : (level?.path ?? '');
    if (found === '{') levels.push({ path, names: new Set() });
    else if (found === '[') levels.push({ path, names: undefined });
    else if (found === '}' || found === ']') levels.pop();
    else if (found.startsWith('"')) text = found;
    else if (found === ':' && level?.names) {
      const name = JSON.parse(text) as string;
      member = level.path ? `${level.path}.${name}` : name;
      if (level.names.has(name)) return member;
      level.names.add(name);
    }
  }
  return undefined;
}
