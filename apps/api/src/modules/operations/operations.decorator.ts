import {
  applyDecorators,
  Controller,
  createParamDecorator,
  type ExecutionContext,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ForOperators } from '../../http/access.decorator.js';
import type { ApiRequest } from '../../http/request.js';
import { EntityTagInterceptor } from './entity-tag.interceptor.js';
import { OperatorKeyGuard } from './operator-key.guard.js';

/** A controller of the operations API: only operators get in, and what has a version has an ETag. */
export const OperationsController = (resource: string, tag: string) =>
  applyDecorators(
    Controller(`admin/v1/${resource}`),
    ForOperators(),
    UseGuards(OperatorKeyGuard),
    UseInterceptors(EntityTagInterceptor),
    ApiTags(tag),
  );

/** The operator that calls. */
export const CurrentOperator = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<ApiRequest>().operator;
});

/** The versions that If-Match accepts; `undefined` when it accepts every one. */
export type AcceptedVersions = readonly number[] | undefined;

export const ifMatchHeader = {
  name: 'If-Match',
  required: false,
  description: 'The ETag that was read: what was changed since then is left alone.',
};

/** What the caller's If-Match says. A tag that we never gave, or a weak one, matches no version. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { headers } = context.switchToHttp().getRequest<ApiRequest>();
  return versionsOf(headers['if-match']);
});

function versionsOf(header: string | undefined): AcceptedVersions {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = header.split(',').map((tag) => /^"(\d{1,9})"$/.exec(tag.trim())?.[1]);
  return tags.flatMap((version) => (version === undefined ? [] : [Number(version)]));
}
