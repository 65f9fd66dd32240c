/** Thrown for a body of a control endpoint that makes no sense: a 400. */
export class ControlError extends Error {}

/** The body of a control call, with these fields and no others. */
export function fields(body: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) {
    throw new ControlError('the body must be a JSON object');
  }
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new ControlError(`unknown field: ${unknown}`);
  return body as Record<string, unknown>;
}

export function textField(given: Record<string, unknown>, name: string): string | undefined {
  const value = given[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new ControlError(`${name} must be a string`);
}

export function flagField(given: Record<string, unknown>, name: string): boolean {
  const value = given[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw new ControlError(`${name} must be true or false`);
}

export function integerField(
  given: Record<string, unknown>,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)
    return Number(value);
  throw new ControlError(`${name} must be an integer from ${least} to ${most}`);
}
