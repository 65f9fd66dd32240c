import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { redact } from './redaction.js';

/** JSON log lines, without secrets and personal data wherever these stand. */
export function createLogger(level: string, name: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level,
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: ['*.payment_method_tokens', 'payment_method_tokens'], censor: '[redacted]' },
    hooks: { streamWrite: redact },
  };
  return destination ? pino(options, destination) : pino(options);
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
