import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { strongVersions } from './entity-tags.js';
import type { ApiRequest } from './request.js';

export const ifMatchHeader = {
  name: 'If-Match',
  required: false,
  description: 'The ETag that was read: what was changed since then is left alone.',
};

/** The versions that the caller's If-Match accepts. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { headers } = context.switchToHttp().getRequest<ApiRequest>();
  const header = headers['if-match'];
  return header === undefined ? undefined : strongVersions(header);
});
