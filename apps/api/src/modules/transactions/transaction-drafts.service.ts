import { formatAmount, toMinor } from '@libs/money';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { ApiError } from '../../errors/api-error.js';
import type { Caller, IdempotencyClaim } from '../../http/request.js';
import { CatalogService } from '../catalog/index.js';
import type { CreateTransactionDto } from './create-transaction.dto.js';
import { PayerData } from './payer-data.js';
import { ProviderChoice } from './provider-choice.service.js';
import { ReturnLinks } from './return-links.service.js';
import type { TransactionDraft } from './transaction.statements.js';

/** Checks a payment before it is recorded, and makes the row of it. */
@Injectable()
export class TransactionDrafts {
  constructor(
    private readonly catalog: CatalogService,
    private readonly choice: ProviderChoice,
    private readonly payerData: PayerData,
    private readonly returnLinks: ReturnLinks,
  ) {}

  /** @throws ApiError for an amount, currency, method or provider that can't be served */
  async draft(
    caller: Caller,
    claim: IdempotencyClaim,
    request: CreateTransactionDto,
  ): Promise<TransactionDraft> {
    await this.checkMethod(request.payment_method);
    await this.checkAmount(request.amount, request.currency);
    const id = uuidv7();
    const { customer_email: email, customer_name: name, customer_phone: phone } = request;
    return {
      id,
      attemptId: uuidv7(),
      idempotencyKey: claim.key,
      status: request.confirm === false ? 'pending' : 'processing',
      amount: request.amount,
      currency: request.currency,
      paymentMethod: request.payment_method,
      paymentMethodToken: request.payment_method_token ?? null,
      paymentMethodTokens: request.payment_method_tokens ?? null,
      ...this.choice.choose(request),
      ...this.payerData.seal(id, { email, name: name ?? undefined, phone: phone ?? undefined }),
      reference: request.reference ?? null,
      description: request.description ?? null,
      metadata: request.metadata ?? null,
      returnUrl: request.return_url ?? null,
      providerReturnUrl: request.return_url ? this.returnLinks.linkTo(claim.partnerId, id) : null,
      browser: request.browser ?? null,
      ipAddress: request.customer_ip_address ?? caller.ipAddress,
      userAgent: request.customer_user_agent ?? caller.userAgent ?? null,
    };
  }

  private async checkMethod(code: string): Promise<void> {
    const method = (await this.catalog.paymentMethods()).find((known) => known.code === code);
    if (!method?.isActive) throw new ApiError('payment_method_not_supported');
  }

  private async checkAmount(amount: string, code: string): Promise<void> {
    const currency = (await this.catalog.currencies()).find((known) => known.code === code);
    if (!currency?.isActive) throw new ApiError('currency_not_supported');
    const { decimalPlaces } = currency;
    const minor = minorOrRefuse(amount, decimalPlaces, code);
    const [min, max] = [currency.minAmount, currency.maxAmount];
    if (minor >= toMinor(min, decimalPlaces) && minor <= toMinor(max, decimalPlaces)) return;
    const bounds = `${formatAmount(min, decimalPlaces)} to ${formatAmount(max, decimalPlaces)}`;
    throw new ApiError('amount_invalid', { detail: `An amount in ${code} is from ${bounds}.` });
  }
}

/** @throws ApiError when the amount has more decimals than its currency, zeros too: `10.000` is ten thousand to many */
export function minorOrRefuse(amount: string, decimals: number, currency: string): bigint {
  const [, fraction = ''] = amount.split('.');
  if (fraction.length <= decimals) return toMinor(amount, decimals);
  const detail = `An amount in ${currency} has at most ${decimals} decimals.`;
  throw new ApiError('amount_invalid', { detail });
}
