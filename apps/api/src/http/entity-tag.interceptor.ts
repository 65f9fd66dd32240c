import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { entityTagOf, weakVersions } from './entity-tags.js';
import { isVersioned } from './versioned.decorator.js';

/**
 * Answers the `version` of a resource as its ETag, and 304 to who has that version.
 *
 * What is expanded changes without the resource's version, so it has no ETag.
 */
@Injectable()
export class EntityTagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if ((request.query as { expand?: unknown }).expand !== undefined) return next.handle();
    const known = isVersioned(context.getHandler()) ? request.headers['if-none-match'] : undefined;
    return next.handle().pipe(
      map((answer) => {
        const version = (answer as { version?: unknown } | undefined)?.version;
        if (typeof version !== 'number') return answer;
        void http.getResponse<FastifyReply>().header('etag', entityTagOf(version));
        return isKnown(version, known) ? new Response(null, { status: 304 }) : answer;
      }),
    );
  }
}

function isKnown(version: number, header: string | undefined): boolean {
  if (header === undefined) return false;
  return weakVersions(header)?.includes(version) ?? true;
}
