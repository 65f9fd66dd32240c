import { ApiExtension } from '@nestjs/swagger';
import type { ErrorCode } from './error-catalogue.js';

/** Where the OpenAPI document keeps the codes until they become responses. */
export const refusalsExtension = 'x-refusals';

/**
 * Names the codes that a route refuses with by its own rules, for the OpenAPI document.
 *
 * What follows from the route's form (a key, a body, a query, an Idempotency-Key) needs no mention.
 */
export const Refuses = (...codes: ErrorCode[]) => ApiExtension(refusalsExtension, codes);
