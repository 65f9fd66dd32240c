interface Parameter {
  name: string;
  in: string;
  schema: { enum?: string[] };
}

interface Operation {
  operationId: string;
  parameters?: Parameter[];
}

/** An OpenAPI document, as far as it tells what can be read. */
export interface ReadableApi {
  paths: Record<string, { get?: Operation }>;
}

/** One way to ask for something. */
export interface ReadCase {
  /** As in `listRefunds status=failed`. */
  name: string;
  path: string;
  query: string;
  /** The parameter that leads to the next page, of a list that has pages. */
  cursor: string | undefined;
  /** Two filters at once. */
  isPair: boolean;
}

/** Values that are there to be found. */
export interface Samples {
  /** By parameter: pieces of a query, with what else the parameter needs. Labels of an enum need none. */
  filters: Record<string, string[]>;
  /** By the beginning of the path. */
  ids: Record<string, string>;
}

const paging = new Set(['limit', 'cursor', 'after']);
const unknownId = '01a204f6-8b21-75d4-9000-cf3e3ac1518e';

function filtersOf({ parameters = [] }: Operation): Parameter[] {
  return parameters.filter((each) => each.in === 'query' && !paging.has(each.name));
}

function piecesOf({ name, schema }: Parameter, { filters }: Samples): string[] {
  return filters[name] ?? schema.enum?.map((label) => `${name}=${label}`) ?? [];
}

function readsOf(document: ReadableApi): [string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, { get }]) =>
    get ? ([[path, get]] as [string, Operation][]) : [],
  );
}

/** Filters that the document knows and the samples don't: their statements would go unseen. */
export function filtersWithoutSample(document: ReadableApi, samples: Samples): string[] {
  return readsOf(document).flatMap(([, operation]) =>
    filtersOf(operation)
      .filter((parameter) => piecesOf(parameter, samples).length === 0)
      .map(({ name }) => `${operation.operationId} ${name}`),
  );
}

/** Every GET of the document: without a filter, with each value of each one, and with two at once. */
export function readCases(document: ReadableApi, samples: Samples): ReadCase[] {
  return readsOf(document).flatMap(([template, operation]) => {
    const id = Object.entries(samples.ids).find(([start]) => template.startsWith(start))?.[1];
    const path = template.replace('{id}', id ?? unknownId);
    const cursor = ['cursor', 'after'].find((name) =>
      operation.parameters?.some((parameter) => parameter.name === name),
    );
    const pieces = filtersOf(operation).map((parameter) => piecesOf(parameter, samples));
    const pairs = pairsOf(pieces.map(firstAndLast));
    return ['', ...pieces.flat(), ...pairs].map((query) => ({
      ...{ name: `${operation.operationId} ${query}`.trim(), path, query, cursor },
      isPair: pairs.includes(query),
    }));
  });
}

/** Samples go from the frequent to the rare. */
function firstAndLast(pieces: string[]): string[] {
  return [...new Set([...pieces.slice(0, 1), ...pieces.slice(-1)])];
}

function pairsOf(pieces: string[][]): string[] {
  return pieces.flatMap((ones, index) =>
    ones.flatMap((one) => {
      const others = pieces.slice(index + 1).flat();
      return others.filter((other) => !namesMeet(one, other)).map((other) => `${one}&${other}`);
    }),
  );
}

/** Two pieces that give one parameter would be refused. */
function namesMeet(one: string, other: string): boolean {
  const names = new Set(new URLSearchParams(one).keys());
  return [...new URLSearchParams(other).keys()].some((name) => names.has(name));
}
