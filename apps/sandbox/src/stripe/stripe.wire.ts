/** An object as it goes over the wire. */
export type WireObject = Record<string, unknown>;

/** Stripe's times are whole seconds. */
export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
