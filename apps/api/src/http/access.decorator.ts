import { type ExecutionContext, SetMetadata } from '@nestjs/common';

const metadataKey = 'access';

/** Who a route is for. A route that says nothing is for partners. */
export type Access = 'partner' | 'operator' | 'public';

/** Needs no key: health checks, documentation, and webhooks, which carry a signature instead. */
export const Public = () => SetMetadata(metadataKey, 'public' satisfies Access);

/** Needs an operator's key instead of a partner's. */
export const ForOperators = () => SetMetadata(metadataKey, 'operator' satisfies Access);

export function accessOf(context: Pick<ExecutionContext, 'getHandler' | 'getClass'>): Access {
  const targets = [context.getHandler(), context.getClass()];
  const found = targets.map((target) => Reflect.getMetadata(metadataKey, target) as Access);
  return found.find(Boolean) ?? 'partner';
}
