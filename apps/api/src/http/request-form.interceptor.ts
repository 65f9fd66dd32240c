import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Observable } from 'rxjs';
import { ApiError, type ParameterError } from '../errors/api-error.js';
import { accessOf } from './access.decorator.js';
import type { ApiRequest } from './request.js';

/**
 * Refuses a query or a body that nothing on the route reads, and a parameter that is given twice.
 *
 * What a route does read is checked by its class. Public routes take what providers and browsers add.
 */
@Injectable()
export class RequestFormInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (accessOf(context) !== 'public') check(context);
    return next.handle();
  }
}

function check(context: ExecutionContext): void {
  const { query, body } = context.switchToHttp().getRequest<ApiRequest>();
  const reads = placesOf(context);
  const unknown = [
    ...(reads.has(RouteParamtypes.QUERY) ? [] : namesOf(query)),
    ...(reads.has(RouteParamtypes.BODY) ? [] : namesOf(body)),
  ];
  if (unknown.length > 0) throw unknownParameters(unknown);
  const repeated = repeatedNames(query as Record<string, unknown>);
  if (repeated.length > 0) {
    throw new ApiError('parameter_invalid', {
      detail: `Given twice: ${repeated.join(', ')}.`,
      errors: repeated.map((param) => ({
        ...{ param, code: 'repeated_parameter', message: `${param} must be given once` },
      })),
    });
  }
}

/** What the handler's own parameters are taken from. */
function placesOf(context: ExecutionContext): Set<RouteParamtypes> {
  const { name } = context.getHandler();
  const found = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), name) as object;
  return new Set(namesOf(found).map((key) => parseInt(key, 10)));
}

function namesOf(given: unknown): string[] {
  return Object.keys((given as object | undefined) ?? {});
}

function repeatedNames(query: Record<string, unknown>): string[] {
  return Object.entries(query).flatMap(([name, value]) => {
    if (Array.isArray(value)) return [name];
    if (typeof value !== 'object' || value === null) return [];
    return repeatedNames(value as Record<string, unknown>).map((member) => `${name}[${member}]`);
  });
}

function unknownParameters(names: string[]): ApiError {
  const errors: ParameterError[] = names.map((param) => ({
    ...{ param, code: 'unknown_parameter', message: `${param} is not a known parameter` },
  }));
  return new ApiError('parameter_invalid', { detail: `Unknown: ${names.join(', ')}.`, errors });
}
