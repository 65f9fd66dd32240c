import { formatAmount } from '@libs/money';
import { ApiProperty } from '@nestjs/swagger';
import { isLivemode } from '../../livemode.js';
import type { Currency } from './currency.entity.js';
import type { PaymentMethod } from './payment-method.entity.js';

export class CurrencyDto {
  @ApiProperty({ example: 'currency' })
  object: string;
  /** ISO 4217 code. */
  @ApiProperty({ example: 'USD' })
  code: string;
  @ApiProperty({ example: 'US Dollar' })
  name: string;
  @ApiProperty({ type: String, nullable: true, example: '$' })
  symbol: string | null;
  /** How many decimals an amount may have. */
  @ApiProperty({ type: 'integer', example: 2 })
  decimal_places: number;
  /** The smallest amount of one payment. */
  @ApiProperty({ example: '0.01' })
  min_amount: string;
  /** The largest amount of one payment. */
  @ApiProperty({ example: '100000.00' })
  max_amount: string;
  is_active: boolean;
  livemode: boolean;
}

export class PaymentMethodDto {
  @ApiProperty({ example: 'payment_method' })
  object: string;
  @ApiProperty({ example: 'card' })
  code: string;
  @ApiProperty({ example: 'Credit/Debit Card' })
  name: string;
  is_active: boolean;
  livemode: boolean;
}

export class CurrencyListDto {
  @ApiProperty({ example: 'list' })
  object: string;
  data: CurrencyDto[];
}

export class PaymentMethodListDto {
  @ApiProperty({ example: 'list' })
  object: string;
  data: PaymentMethodDto[];
}

export function toCurrencyDto(currency: Currency): CurrencyDto {
  return {
    object: 'currency',
    code: currency.code,
    name: currency.name,
    symbol: currency.symbol,
    decimal_places: currency.decimalPlaces,
    min_amount: formatAmount(currency.minAmount, currency.decimalPlaces),
    max_amount: formatAmount(currency.maxAmount, currency.decimalPlaces),
    is_active: currency.isActive,
    livemode: isLivemode(),
  };
}

export function toPaymentMethodDto(method: PaymentMethod): PaymentMethodDto {
  const { code, name, isActive } = method;
  return { object: 'payment_method', code, name, is_active: isActive, livemode: isLivemode() };
}
