import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Inject,
  Logger,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Config, CONFIG } from '../config.js';
import { type ApiRequest, originOf } from '../http/request.js';
import { AuditTrail } from '../modules/audit/index.js';
import { ApiError } from './api-error.js';
import { isUnavailable } from './database-errors.js';
import type { ErrorCode } from './error-catalogue.js';
import { toProblem } from './problem.dto.js';
import { RepeatedAnswer } from './repeated-answer.js';

const codesByStatus: Record<number, ErrorCode> = {
  400: 'malformed_request',
  404: 'route_not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
};

/** Turns whatever was thrown into a problem document. What is not ours never shows its message. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('ProblemFilter');

  constructor(
    private readonly audit: AuditTrail,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<ApiRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (thrown instanceof RepeatedAnswer) return repeat(thrown, reply);
    const error = this.toApiError(thrown, request);
    this.audit.recordRefusal(error, originOf(request), request);
    const { retryAfterSeconds } = error.details;
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
    if (error.code === 'unauthorized') void reply.header('www-authenticate', 'Bearer');
    const problem = toProblem(error, request.id, this.config.PUBLIC_URL);
    void reply
      .status(error.status)
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem));
  }

  private toApiError(thrown: unknown, request: ApiRequest): ApiError {
    if (thrown instanceof ApiError) return thrown;
    const status = statusOf(thrown);
    const code = codesByStatus[status] ?? (status >= 400 && status < 500 && 'malformed_request');
    if (code) return new ApiError(code);
    if (isUnavailable(thrown)) {
      this.logger.warn(`unavailable for request ${request.id}: ${String(thrown)}`);
      return new ApiError('service_unavailable', { retryAfterSeconds: 1 });
    }
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    this.logger.error(`request ${request.id} failed: ${String(thrown)}`, stack);
    return new ApiError('internal_error');
  }
}

/** The status of an error of Nest or Fastify: those have nothing to tell but that. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const status = (thrown as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : 0;
}

function repeat(answer: RepeatedAnswer, reply: FastifyReply): void {
  const kind = answer.httpStatus < 400 ? 'application/json' : 'application/problem+json';
  void reply
    .status(answer.httpStatus)
    .header('idempotent-replayed', 'true')
    .type(`${kind}; charset=utf-8`)
    .send(answer.body);
}
