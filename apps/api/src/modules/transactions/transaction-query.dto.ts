import { ApiPropertyOptional } from '@nestjs/swagger';
import type { PaymentMethodCode, ProviderCode } from '@libs/providers';
import { IsEmail, IsIn, IsISO8601, IsOptional, IsString, Length, Matches } from 'class-validator';
import { PageQuery } from '../../http/page.dto.js';
import { transactionStatuses, type TransactionStatus } from './transaction.machine.js';

const methods = ['card', 'bank_transfer', 'e_wallet', 'crypto'] as const;
const providers = ['stripe', 'paypal', 'adyen', 'manual'] as const;
/** RFC 3339 with an offset that PostgreSQL knows. */
const moment =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

export class TransactionQuery extends PageQuery {
  @ApiPropertyOptional({ enum: transactionStatuses })
  @IsOptional()
  @IsIn(transactionStatuses)
  status?: TransactionStatus;

  @ApiPropertyOptional({ enum: providers })
  @IsOptional()
  @IsIn(providers)
  provider?: ProviderCode;

  @ApiPropertyOptional({ enum: methods })
  @IsOptional()
  @IsIn(methods)
  payment_method?: PaymentMethodCode;

  @IsOptional()
  @Matches(/^[A-Z]{3}$/)
  currency?: string;

  @ApiPropertyOptional({ format: 'email' })
  @IsOptional()
  @IsEmail()
  customer_email?: string;

  /** Your own order number. */
  @IsOptional()
  @IsString()
  @Length(1, 80)
  reference?: string;

  /** The earliest moment, RFC 3339 with an offset. */
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(moment, { message: 'created_from must be like 2026-01-31T12:00:00Z' })
  created_from?: string;

  /** Before this moment, RFC 3339 with an offset. */
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(moment, { message: 'created_to must be like 2026-01-31T12:00:00Z' })
  created_to?: string;
}
