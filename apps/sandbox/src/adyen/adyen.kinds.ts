/** What a field may hold: `map` is an object of strings, `any` is looked at elsewhere. */
export type Kind =
  | 'text'
  | 'integer'
  | 'flag'
  | 'map'
  | 'any'
  | readonly string[]
  | Structure
  | { readonly listOf: Structure };

/** An object of a request, by the name that Adyen's error messages call it. */
export interface Structure {
  readonly name: string;
  readonly fields: Readonly<Record<string, Kind>>;
  /** Published (Checkout v72), not offered by the sandbox: refused in so many words. */
  readonly notOffered?: ReadonlySet<string>;
}

export function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** Fields that all hold the same kind of value. */
export function all<Held extends Kind>(kind: Held, names: string): Record<string, Held> {
  return Object.fromEntries(names.split(' ').map((name) => [name, kind]));
}
