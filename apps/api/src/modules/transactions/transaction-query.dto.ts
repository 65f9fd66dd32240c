import { ApiPropertyOptional } from '@nestjs/swagger';
import { type PaymentMethodCode, type ProviderCode, providerCodes } from '@libs/providers';
import { IsEmail, IsIn, IsOptional, IsString, Length, Matches, ValidateIf } from 'class-validator';
import { IsMetadata } from '../../http/metadata.decorator.js';
import { PeriodQuery } from '../../http/period-query.dto.js';
import { transactionStatuses, type TransactionStatus } from './transaction.machine.js';

const methods = ['card', 'bank_transfer', 'e_wallet', 'crypto'] as const;
const amountPattern = '^\\d{1,15}(\\.\\d{1,4})?$';
const amount = new RegExp(amountPattern);
/** Swagger UI sends what an example holds: an empty one filters nothing. */
const deepObject = {
  style: 'deepObject',
  explode: true,
  examples: { none: { value: {} }, cart: { value: { cart: 'c-77' } } },
};

export class TransactionQuery extends PeriodQuery {
  /** What became of the money. */
  @ApiPropertyOptional({ enum: transactionStatuses })
  @IsOptional()
  @IsIn(transactionStatuses)
  status?: TransactionStatus;

  /** Who was asked to take it. */
  @ApiPropertyOptional({ enum: providerCodes })
  @IsOptional()
  @IsIn(providerCodes)
  provider?: ProviderCode;

  /** How it is paid. */
  @ApiPropertyOptional({ enum: methods })
  @IsOptional()
  @IsIn(methods)
  payment_method?: PaymentMethodCode;

  /** ISO 4217 code, as in `USD`; required with `amount_min` and `amount_max`. */
  @ApiPropertyOptional({ pattern: '^[A-Z]{3}$' })
  @ValidateIf((query: TransactionQuery) => query.currency !== undefined || hasAmount(query))
  @Matches(/^[A-Z]{3}$/, {
    message: 'currency must be three capital letters, and given with amount_min and amount_max',
  })
  currency?: string;

  /** The smallest amount, a decimal string in major units: `10.50`. Needs `currency`. */
  @ApiPropertyOptional({ pattern: amountPattern })
  @IsOptional()
  @Matches(amount, { message: 'amount_min must be a decimal string like "10.50"' })
  amount_min?: string;

  /** The greatest amount, a decimal string in major units: `99.99`. Needs `currency`. */
  @ApiPropertyOptional({ pattern: amountPattern })
  @IsOptional()
  @Matches(amount, { message: 'amount_max must be a decimal string like "99.99"' })
  amount_max?: string;

  /** The address of the payer, as it was given. */
  @ApiPropertyOptional({ format: 'email' })
  @IsOptional()
  @IsEmail()
  customer_email?: string;

  /** Your own order number. */
  @IsOptional()
  @IsString()
  @Length(1, 80)
  reference?: string;

  /** Values of your own that the payment has, all of them: `metadata[cart]=c-77`. */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    ...deepObject,
  })
  @IsOptional()
  @IsMetadata()
  metadata?: Record<string, string>;
}

export class ExpandQuery {
  /** What to answer with the payment: a comma-separated list of `attempts`, `events` and `refunds`. */
  @ApiPropertyOptional({ example: 'attempts' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  expand?: string;
}

function hasAmount(query: TransactionQuery): boolean {
  return query.amount_min !== undefined || query.amount_max !== undefined;
}
