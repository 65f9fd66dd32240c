import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  ParseUUIDPipe,
} from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { isUUID } from 'class-validator';
import type { Observable } from 'rxjs';
import { ApiError } from '../errors/api-error.js';
import { accessOf } from './access.decorator.js';
import { type HandlerParameter, parametersOf } from './handler-parameters.js';
import type { ApiRequest } from './request.js';

/**
 * Refuses a query or a body that nothing on the route reads, a parameter that is given twice, and an id that is none.
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
  const { query, body, params } = context.switchToHttp().getRequest<ApiRequest>();
  const read = parametersOf(context.getClass(), context.getHandler().name);
  const unknown = [
    ...(reads(read, RouteParamtypes.QUERY) ? [] : namesOf(query)),
    ...(reads(read, RouteParamtypes.BODY) ? [] : namesOf(body)),
  ];
  const repeated = repeatedNames(query as Record<string, unknown>);
  const given = params as Record<string, string>;
  const malformed = read.flatMap(([, { data, pipes }]) => {
    const isId = typeof data === 'string' && pipes.includes(ParseUUIDPipe);
    return isId && !isUUID(given[data]) ? [data] : [];
  });
  refuse('parameter_invalid', 'Unknown', unknown, 'unknown_parameter', 'is not a known parameter');
  refuse('parameter_invalid', 'Given twice', repeated, 'repeated_parameter', 'must be given once');
  refuse('malformed_request', 'Not an id', malformed, 'is_uuid', 'must be a UUID');
}

function refuse(
  code: 'parameter_invalid' | 'malformed_request',
  what: string,
  names: string[],
  reason: string,
  text: string,
): void {
  if (names.length === 0) return;
  const errors = names.map((param) => ({ param, code: reason, message: `${param} ${text}` }));
  throw new ApiError(code, { detail: `${what}: ${names.join(', ')}.`, errors });
}

function reads(read: [RouteParamtypes, HandlerParameter][], place: RouteParamtypes): boolean {
  return read.some(([found]) => found === place);
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
