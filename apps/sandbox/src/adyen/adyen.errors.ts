type ErrorType = 'validation' | 'security' | 'configuration' | 'internal';

/** An error answer in Adyen's form (docs.adyen.com/development-resources/error-codes, read 2026). */
export class AdyenError extends Error {
  override readonly name = 'AdyenError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly type: ErrorType = 'validation',
    /** Told in the header `transient-error`: the same call may come again under the same key. */
    readonly transient = false,
  ) {
    super(message);
  }
}

/** The body is not what the specification publishes. */
export function malformed(message: string): AdyenError {
  return new AdyenError(400, '702', message);
}

/** The body holds what the specification does not publish. */
export class UnknownFieldError extends AdyenError {
  constructor(structure: string, unknown: readonly string[]) {
    const list = unknown.join(', ');
    super(400, '702', `Structure of ${structure} contains the following unknown fields: [${list}]`);
  }
}

/** The body is well-formed and makes no sense. */
export function invalid(code: string, message: string): AdyenError {
  return new AdyenError(422, code, message);
}

export function unauthorized(): AdyenError {
  return new AdyenError(401, '000', 'HTTP Status Response - Unauthorized', 'security');
}

export function wrongMerchant(): AdyenError {
  return new AdyenError(403, '901', 'Invalid Merchant Account', 'security');
}

export function noSuchRoute(): AdyenError {
  return new AdyenError(404, '000', 'HTTP Status Response - Not Found');
}

export function unknownOriginal(): AdyenError {
  return invalid('167', 'Original pspReference required for this operation');
}

const inUseMessage = 'request already processed or in progress';

export function keyInProgress(): AdyenError {
  return new AdyenError(409, '704', inUseMessage, 'validation', true);
}

export function alreadyProcessed(): AdyenError {
  return invalid('704', inUseMessage);
}

/** A code that Adyen does not publish, as it might publish tomorrow. */
export function unknownCode(): AdyenError {
  return invalid('999', 'Refused by the moon');
}

export function serverError(status: 500 | 429): AdyenError {
  return status === 429
    ? new AdyenError(429, '000', 'Too many requests', 'security')
    : new AdyenError(500, '000', 'Internal error', 'internal');
}
