/** An object as it goes over the wire. */
export type WireObject = Record<string, unknown>;

export interface WireAmount {
  currency: string;
  /** Minor units, as Adyen counts them. */
  value: number;
}

/** Adyen's times: ISO 8601 in whole seconds, with an offset. */
export function eventDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, '+00:00');
}
