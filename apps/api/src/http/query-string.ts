type Members = Record<string, string | string[]>;

const withMember = /^([^[\]]+)\[(.*)\]$/s;

/**
 * Reads a query: `metadata[cart]=c-77` is a member of `metadata` (deepObject in OpenAPI), and what is
 * given twice is a list. Never throws, since nothing catches it: `checkHead` refuses bad names.
 */
export function parseQuery(text: string): Record<string, string | string[] | Members> {
  const query = new Map<string, string | string[]>();
  const parents = new Map<string, Map<string, string | string[]>>();
  for (const [name, value] of new URLSearchParams(text)) {
    const [, parent, member] = withMember.exec(name) ?? [];
    if (parent === undefined || member === undefined) {
      put(query, name, value);
      continue;
    }
    const members = parents.get(parent) ?? new Map<string, string | string[]>();
    put(members, member, value);
    parents.set(parent, members);
  }
  const nested = [...parents].map(
    ([name, members]) => [name, Object.fromEntries(members)] as const,
  );
  return Object.fromEntries([...query, ...nested]);
}

function put(target: Map<string, string | string[]>, name: string, value: string): void {
  const known = target.get(name);
  if (Array.isArray(known)) known.push(value);
  else target.set(name, known === undefined ? value : [known, value]);
}
