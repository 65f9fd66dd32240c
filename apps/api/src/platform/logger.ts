import type { LoggerService } from '@nestjs/common';
import { type Logger, pino, stdTimeFunctions } from 'pino';

const secretFields = [
  'authorization',
  'api_key',
  'webhook_secret',
  'payment_method_token',
  'payment_method_tokens',
  'customer_email',
  'customer_name',
  'customer_phone',
  'password',
];

/** JSON log lines with secrets and personal data redacted by field name. */
export function createLogger(level: string, name: string): Logger {
  return pino({
    name,
    level,
    timestamp: stdTimeFunctions.isoTime,
    redact: {
      paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[redacted]',
    },
  });
}

/** Nest's own log lines through the same logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.info({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }

  /** An object becomes the fields of its line. */
  error(message: unknown, stack?: string, context?: string): void {
    const fields = fieldsOf(message);
    if (fields) this.logger.error({ context, ...fields });
    else this.logger.error({ context, stack }, String(message));
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
}

function fieldsOf(message: unknown): object | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  return message instanceof Error ? undefined : message;
}
