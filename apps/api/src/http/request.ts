import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.js';

/** The request that a call came with, for events and audit rows. */
export interface RequestOrigin {
  requestId: string;
  ipAddress: string;
  userAgent: string | undefined;
}

export type Scope = 'read' | 'write';

/** The partner behind an authenticated request. */
export interface Caller extends RequestOrigin {
  partnerId: string;
  apiKeyId: string;
  scopes: readonly Scope[];
  rateLimitPerMinute: number;
}

/** The operator behind an authenticated request of an internal team. */
export interface Operator extends RequestOrigin {
  name: string;
  scopes: readonly Scope[];
}

/** What a request looked like, to be compared and not read. */
export interface Fingerprint {
  /** One keyed hash per top-level field of path and body, the id of its key in front. */
  fields: Record<string, string>;
  fingerprint: string;
}

/** A request's claim on its key. Written by the same statement as what the request intends. */
export interface IdempotencyClaim extends Fingerprint {
  partnerId: string;
  /** Method and route pattern, as in `POST /v1/transactions`. */
  route: string;
  key: string;
  /** The same request under the other keys of the keyring: the first one may have used any. */
  otherFingerprints: readonly Fingerprint[];
}

export type AuditAction = 'create' | 'update' | 'delete' | 'read';

/** What routes do something to, as the audit log calls it. */
export const auditedResources = [
  'transaction',
  'refund',
  'event',
  'webhook_delivery',
  'webhook_test',
  'payment_method',
  'currency',
  'partner',
  'partner_api_key',
  'audit_log',
] as const;
export type AuditedResource = (typeof auditedResources)[number];

/** What the audit log says about a route. */
export interface AuditContext {
  action: AuditAction;
  resourceType: AuditedResource;
}

/** What guards and interceptors learn about a request on its way to the controller. */
export interface ApiRequest extends FastifyRequest {
  caller?: Caller;
  operator?: Operator;
  claim?: IdempotencyClaim;
  audit?: AuditContext;
  /** The bytes of the body as they came, where a signature covers them. */
  rawBody?: Buffer;
}

export function originOf(request: FastifyRequest): RequestOrigin {
  return {
    requestId: request.id,
    ipAddress: request.ip,
    userAgent: request.headers['user-agent']?.slice(0, 512),
  };
}

/** @throws ApiError `forbidden` when a key may not do what the method of the request does */
export function requireScope({ method }: FastifyRequest, scopes: readonly Scope[]): void {
  const scope = method === 'GET' || method === 'HEAD' ? 'read' : 'write';
  if (scopes.includes(scope)) return;
  throw new ApiError('forbidden', { detail: `This needs a key with the scope \`${scope}\`.` });
}

/** The partner that calls. */
export const CurrentPartner = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<ApiRequest>().caller;
});
