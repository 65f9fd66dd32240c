import { ApiPropertyOptional } from '@nestjs/swagger';
import type { PaymentMethodCode, ProviderCode } from '@libs/providers';
import { IsEmail, IsIn, IsISO8601, IsOptional, IsString, Length, Matches } from 'class-validator';
import { PageQuery } from '../../http/page.dto.js';
import { transactionStatuses, type TransactionStatus } from './transaction.machine.js';

const methods = ['card', 'bank_transfer', 'e_wallet', 'crypto'] as const;
const providers = ['stripe', 'paypal', 'adyen', 'manual'] as const;
const offset = /(?:Z|[+-]\d{2}:\d{2})$/;

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
  @Matches(offset, { message: 'created_from must end with Z or an offset' })
  created_from?: string;

  /** Before this moment, RFC 3339 with an offset. */
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(offset, { message: 'created_to must end with Z or an offset' })
  created_to?: string;
}
