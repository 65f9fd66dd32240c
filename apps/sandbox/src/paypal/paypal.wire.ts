/** An object as it goes over the wire. */
export type WireObject = Record<string, unknown>;

/** PayPal's times are whole seconds. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
