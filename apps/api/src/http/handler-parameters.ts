import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';

/** What Nest keeps of a parameter of a handler. */
export interface HandlerParameter {
  data?: unknown;
  pipes: unknown[];
}

/**
 * The parameters of a handler, each with the place that it is taken from; NaN for a decorator of our own.
 *
 * Nest keeps them by `<place>:<index>`, and those of our own by a random id, which may begin with a digit.
 */
export function parametersOf(
  controller: object,
  handler: string,
): [RouteParamtypes, HandlerParameter][] {
  const found = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) as
    Record<string, HandlerParameter> | undefined;
  return Object.entries(found ?? {}).map(([key, parameter]) => [
    Number(key.split(':')[0]),
    parameter,
  ]);
}
