import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';

const metadataKey = 'versioned';

/** Marks a read of one resource: who has its present version is told so, and not sent it again. */
export const Versioned = () =>
  applyDecorators(
    SetMetadata(metadataKey, true),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description:
        'The ETag that was read: while it is the same, the answer is 304 without a body.',
    }),
    ApiResponse({ status: 304, description: 'It is still what that ETag was given for.' }),
  );

export function isVersioned(handler: object): boolean {
  return Reflect.getMetadata(metadataKey, handler) === true;
}
