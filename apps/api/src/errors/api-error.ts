import { catalogueEntry, type ErrorCode } from './error-catalogue.js';

/** One parameter that was refused. */
export interface ParameterError {
  param: string;
  code: string;
  message: string;
}

/** What a problem document may carry beside its code. */
export interface ErrorDetails {
  detail?: string;
  errors?: ParameterError[];
  transaction_id?: string;
  refundable?: string;
  mismatched_fields?: string[];
  /** Becomes the Retry-After header. */
  retryAfterSeconds?: number;
}

/** The only way to refuse a request. The problem filter turns it into the answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: ErrorCode,
    readonly details: ErrorDetails = {},
  ) {
    super(details.detail ?? catalogueEntry(code).title);
  }

  get status(): number {
    return catalogueEntry(this.code).status;
  }
}
