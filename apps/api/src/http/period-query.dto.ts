import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO8601, IsOptional, Matches } from 'class-validator';
import { PageQuery } from './page.dto.js';

/** RFC 3339 with an offset that PostgreSQL knows. */
const moment =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** What lists take whose rows are asked for by the time at which they were made. */
export class PeriodQuery extends PageQuery {
  /** The earliest moment, RFC 3339 with an offset. */
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(moment, {
    message: 'created_from must be a time with its offset, like 2026-01-31T12:00:00Z',
  })
  created_from?: string;

  /** Before this moment, RFC 3339 with an offset. */
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(moment, {
    message: 'created_to must be a time with its offset, like 2026-01-31T12:00:00Z',
  })
  created_to?: string;
}
