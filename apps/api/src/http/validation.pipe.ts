import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { ApiError, type ParameterError } from '../errors/api-error.js';
import { parameterText } from './parameter-texts.js';

/** Checks every body and query against its class. Unknown fields are malformed, values are refused. */
export class RequestPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: true,
      validationError: { target: true, value: false },
      exceptionFactory: toApiError,
    });
  }

  /** Without a body, the fields that are missing are not what went wrong. */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (metadata.type !== 'body' || value !== undefined) throw error;
      throw new ApiError('malformed_request', { detail: 'A JSON object is due as the body.' });
    }
  }
}

function toApiError(failures: ValidationError[]): ApiError {
  const errors = failures.flatMap((failure) => flatten(failure, ''));
  const unknown = errors.filter((error) => error.code === 'unknown_parameter');
  if (unknown.length > 0) {
    const names = unknown.map((error) => error.param).join(', ');
    return new ApiError('parameter_invalid', { detail: `Unknown: ${names}.`, errors: unknown });
  }
  const names = errors.map((error) => error.param).join(', ');
  return new ApiError('validation_failed', { detail: `Not acceptable: ${names}.`, errors });
}

function flatten(failure: ValidationError, parent: string): ParameterError[] {
  const param = parent ? `${parent}.${failure.property}` : failure.property;
  const own = Object.keys(failure.constraints ?? {}).map((rule) => ({
    ...{ param, code: codeOf(rule), message: parameterText(failure, rule, param) },
  }));
  return [...own, ...(failure.children ?? []).flatMap((child) => flatten(child, param))];
}

/** `isEmail` becomes `is_email`, `whitelistValidation` says what it means. */
function codeOf(constraint: string): string {
  if (constraint === 'whitelistValidation') return 'unknown_parameter';
  return constraint.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
