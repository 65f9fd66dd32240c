import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  SetMetadata,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { ApiRequest } from '../../http/request.js';

const metadataKey = 'idempotent';

/** Marks a route that needs an Idempotency-Key. Its service makes the claim. */
export const Idempotent = () =>
  applyDecorators(
    SetMetadata(metadataKey, true),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: 'A key of your own for this operation; the same one when you retry it.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
      example: 'order-2041-payment',
    }),
  );

export function isIdempotent(handler: object): boolean {
  return Reflect.getMetadata(metadataKey, handler) === true;
}

/** The claim of this request on its Idempotency-Key. */
export const Claim = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<ApiRequest>().claim;
});
