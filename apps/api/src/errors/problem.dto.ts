import { ApiProperty } from '@nestjs/swagger';
import { OpenEnum } from '../http/open-enum.decorator.js';
import type { ApiError } from './api-error.js';
import { catalogueEntry, errorCatalogue } from './error-catalogue.js';

export class ProblemParameter {
  /** The parameter, as in `customer_email` or `metadata.order`. */
  param: string;
  code: string;
  message: string;
}

/** A problem document of RFC 9457. */
export class Problem {
  /** The page that documents the code. */
  @ApiProperty({
    format: 'uri-reference',
    example: 'https://payments.example/docs/errors/transaction_not_found',
  })
  type: string;
  @ApiProperty({ example: 'There is no such transaction' })
  title: string;
  @ApiProperty({ type: 'integer', example: 404 })
  status: number;
  /** What was wrong with this request, or what to do about it. */
  @ApiProperty({ example: 'Check the id; a transaction is visible to its own partner only.' })
  detail: string;
  @OpenEnum(Object.keys(errorCatalogue), { example: 'transaction_not_found' })
  code: string;
  @ApiProperty({ format: 'uuid' })
  request_id: string;
  errors?: ProblemParameter[];
  /** Whether the same request may succeed later. */
  retryable?: boolean;
  @ApiProperty({ format: 'uuid' })
  transaction_id?: string;
  /** How much of the transaction can still be refunded. */
  refundable?: string;
  /** The top-level fields that differ from the first request with this key. */
  mismatched_fields?: string[];
}

/** The problem document of an error. */
export function toProblem(error: ApiError, requestId: string, publicUrl = ''): Problem {
  const { title, status, advice, retryable } = catalogueEntry(error.code);
  const { retryAfterSeconds: _header, detail, ...members } = error.details;
  return {
    type: `${publicUrl}/docs/errors/${error.code}`,
    title,
    status,
    detail: detail ?? advice.replaceAll('`', ''),
    code: error.code,
    request_id: requestId,
    ...(retryable && { retryable }),
    ...members,
  };
}
