import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, from, type Observable } from 'rxjs';
import { type Config, CONFIG } from '../../config.js';
import { failpoint } from '../../failpoints.js';
import { ApiError } from '../../errors/api-error.js';
import { catalogueEntry } from '../../errors/error-catalogue.js';
import { checkCallerText } from '../../http/caller-text.js';
import { toProblem } from '../../errors/problem.dto.js';
import type { ApiRequest, IdempotencyClaim } from '../../http/request.js';
import { fingerprints } from './claim.js';
import { isIdempotent } from './idempotent.decorator.js';
import { IdempotencyService } from './idempotency.service.js';

/** More than any request has: their names are stored with the key. */
const maxFields = 40;
const usableKey = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** Carries the claim to the service, and keeps the refusals that are final. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: IdempotencyService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!isIdempotent(context.getHandler())) return next.handle();
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const claim = this.claimOf(request);
    request.claim = claim;
    return next
      .handle()
      .pipe(catchError((error: unknown) => from(this.keepRefusal(error, claim, request.id))));
  }

  private claimOf(request: ApiRequest): IdempotencyClaim {
    const key = request.headers['idempotency-key'];
    if (key === undefined) throw new ApiError('idempotency_key_required');
    if (typeof key !== 'string' || !usableKey.test(key)) {
      throw new ApiError('idempotency_key_invalid');
    }
    checkCallerText(key, 'Idempotency-Key');
    if (Object.keys((request.body as object | undefined) ?? {}).length > maxFields) {
      throw new ApiError('parameter_invalid', { detail: 'The body has too many fields.' });
    }
    if (!request.caller) throw new Error('an idempotent route needs a caller');
    const [current, ...otherFingerprints] = fingerprints(this.config.HASH_KEYS, {
      ...(request.body as Record<string, unknown> | undefined),
      ...(request.params as Record<string, unknown>),
    });
    if (!current) throw new Error('HASH_KEYS is empty');
    return {
      partnerId: request.caller.partnerId,
      route: `${request.method} ${request.routeOptions.url}`,
      key,
      ...current,
      otherFingerprints,
    };
  }

  /** A refusal that is the request's final answer is stored, so that a retry gets the same one. */
  private async keepRefusal(
    error: unknown,
    claim: IdempotencyClaim,
    requestId: string,
  ): Promise<never> {
    if (error instanceof ApiError && catalogueEntry(error.code).final) {
      const problem = JSON.stringify(toProblem(error, requestId, this.config.PUBLIC_URL));
      await failpoint('refusal.before_store');
      await this.idempotency.storeAnswer(claim, error.status, problem);
      await failpoint('refusal.after_store');
    }
    throw error;
  }
}
