import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsIP,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import {
  type PaymentMethodCode,
  type ProviderCode,
  providerCodes,
  tokenExamples,
} from '@libs/providers';
import { ExclusiveWith } from '../../http/exclusive.decorator.js';
import { IsMetadata } from '../../http/metadata.decorator.js';

const methods = ['card', 'bank_transfer', 'e_wallet', 'crypto'] as const;

const tokenForm = /^[\w./-]{1,255}$/;
const tokenText =
  'must be a token of the provider: 1 to 255 letters, digits and characters of _ . / -';

/** One field for each provider that takes tokens. */
export class PaymentMethodTokensDto {
  [provider: ProviderCode]: string | undefined;
}
for (const [provider, example] of Object.entries(tokenExamples)) {
  const declarations = [
    ApiPropertyOptional({ type: String, example }),
    IsOptional(),
    Matches(tokenForm, { message: `payment_method_tokens.${provider} ${tokenText}` }),
  ];
  for (const declare of declarations) declare(PaymentMethodTokensDto.prototype, provider);
}

export class CreateTransactionDto {
  /** Decimal string in major units, with at most the currency's decimals. Never a number. */
  @ApiProperty({ example: '10.50', pattern: '^\\d{1,15}(\\.\\d{1,4})?$' })
  @Matches(/^\d{1,15}(\.\d{1,4})?$/, { message: 'amount must be a decimal string like "10.50"' })
  amount: string;

  /** ISO 4217 code of an active currency. */
  @ApiProperty({ example: 'USD' })
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be three capital letters like "USD"' })
  currency: string;

  @ApiProperty({ enum: methods, example: 'card' })
  @IsIn(methods)
  payment_method: PaymentMethodCode;

  /** The provider's token for the payer's instrument. Never a card number. */
  @ApiPropertyOptional({ example: 'pm_card_visa' })
  @IsOptional()
  @Matches(tokenForm, { message: `payment_method_token ${tokenText}` })
  payment_method_token?: string;

  /**
   * Tokens of the same instrument at several providers, instead of `payment_method_token`: then the
   * payment can go on at another provider when the first one certainly did not take it.
   */
  @ApiPropertyOptional({ type: PaymentMethodTokensDto, nullable: true, example: null })
  @IsOptional()
  @ExclusiveWith('payment_method_token')
  @IsObject()
  @ValidateNested()
  @Type(() => PaymentMethodTokensDto)
  payment_method_tokens?: PaymentMethodTokensDto;

  /**
   * The provider to use, and no other. Without it the first one that can take the payment, and the
   * next one when that did certainly not take it.
   */
  @ApiPropertyOptional({ enum: providerCodes, example: 'stripe' })
  @IsOptional()
  @IsIn(providerCodes)
  provider?: ProviderCode;

  @ApiProperty({ format: 'email', example: 'jane.doe@example.com' })
  @IsEmail()
  @MaxLength(255)
  customer_email: string;

  @ApiPropertyOptional({ example: 'Jane Doe' })
  @IsOptional()
  @IsString()
  @Length(1, 255)
  customer_name?: string;

  @ApiPropertyOptional({ example: '+1 555 0100' })
  @IsOptional()
  @IsString()
  @Length(1, 50)
  customer_phone?: string;

  /** The payer's address; the caller's own when it is left out. */
  @ApiPropertyOptional({ example: '203.0.113.7' })
  @IsOptional()
  @IsIP()
  @Matches(/^[^%]*$/, { message: 'customer_ip_address must be an address without a zone' })
  customer_ip_address?: string;

  @ApiPropertyOptional({ example: 'Mozilla/5.0' })
  @IsOptional()
  @IsString()
  @MaxLength(512)
  customer_user_agent?: string;

  /**
   * What a 3-D Secure check asks of the payer's browser.
   *
   * A bank debit needs its `user_agent`, and `customer_ip_address`: they show that the payer accepted the mandate.
   */
  @ApiPropertyOptional({
    type: Object,
    additionalProperties: true,
    example: { language: 'en-GB', screen_width: 1440, screen_height: 900 },
  })
  @IsOptional()
  @IsObject()
  browser?: Record<string, unknown>;

  /** Your own order number. */
  @ApiPropertyOptional({ example: 'order-2041' })
  @IsOptional()
  @IsString()
  @Length(1, 80)
  reference?: string;

  @ApiPropertyOptional({ example: 'Two tickets' })
  @IsOptional()
  @IsString()
  @Length(1, 1000)
  description?: string;

  /** Up to 50 of your own values, each a string of at most 500 characters. */
  @ApiPropertyOptional({
    type: Object,
    additionalProperties: { type: 'string' },
    example: { cart: 'c-77' },
  })
  @IsOptional()
  @IsMetadata()
  metadata?: Record<string, string>;

  /** Where the payer's browser returns to after a redirect. */
  @ApiPropertyOptional({ format: 'uri', example: 'https://shop.example/thanks' })
  @IsOptional()
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false })
  @MaxLength(2000)
  return_url?: string;

  /** `false` stores the payment as `pending` and sends nothing until it is confirmed. */
  @ApiPropertyOptional({ default: true })
  @IsOptional()
  @IsBoolean()
  confirm?: boolean;
}

export class CancelTransactionDto {
  /** Why; shown on the transaction. */
  @ApiProperty({ example: 'The customer changed their mind' })
  @IsString()
  @Length(1, 255)
  reason: string;
}

const order = { amount: '10.50', currency: 'EUR', customer_email: 'jane.doe@example.com' };
const return_url = 'https://shop.example/thanks';

/** Bodies that the sandbox plays as they stand: one way to pay at each provider, and one at several. */
export const createExamples = {
  stripe: {
    summary: 'A card at Stripe',
    value: { ...order, payment_method: 'card', payment_method_token: 'pm_card_visa' },
  },
  adyen: {
    summary: 'A card on file at Adyen',
    value: { ...order, payment_method: 'card', payment_method_token: 'sandbox/visa' },
  },
  paypal: {
    summary: 'A PayPal wallet whose payer approves on a page',
    value: { ...order, payment_method: 'e_wallet', provider: 'paypal', return_url },
  },
  pending: {
    summary: 'A card that waits to be confirmed or cancelled',
    value: {
      ...order,
      payment_method: 'card',
      payment_method_token: 'pm_card_visa',
      confirm: false,
    },
  },
  manual: {
    summary: 'A bank transfer that people settle',
    value: { ...order, payment_method: 'bank_transfer', provider: 'manual' },
  },
  several: {
    summary: 'A card that may go on at another provider',
    value: {
      ...order,
      payment_method: 'card',
      payment_method_tokens: { stripe: 'pm_card_visa', adyen: 'sandbox/visa' },
    },
  },
};
