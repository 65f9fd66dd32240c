export { Claim, Idempotent, isIdempotent } from './idempotent.decorator.js';
export { IdempotencyInterceptor } from './idempotency.interceptor.js';
export { IdempotencyModule } from './idempotency.module.js';
export { IdempotencyService, type SealedAnswer } from './idempotency.service.js';
