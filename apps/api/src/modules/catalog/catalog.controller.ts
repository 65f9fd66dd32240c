import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Audited } from '../../http/audited.decorator.js';
import {
  CurrencyListDto,
  PaymentMethodListDto,
  toCurrencyDto,
  toPaymentMethodDto,
} from './catalog.dto.js';
import { CatalogService } from './catalog.service.js';

@ApiTags('Catalog')
@Controller('v1')
export class CatalogController {
  constructor(private readonly catalog: CatalogService) {}

  /**
   * Payment methods and whether they are active
   *
   * @remarks A payment with one that is not active is refused with 422.
   */
  @Get('payment-methods')
  @ApiOperation({ operationId: 'listPaymentMethods' })
  @Audited('read', 'payment_method')
  async listPaymentMethods(): Promise<PaymentMethodListDto> {
    const methods = await this.catalog.paymentMethods();
    return { object: 'list', data: methods.map(toPaymentMethodDto) };
  }

  /**
   * Currencies with their decimals and bounds
   *
   * @remarks Amounts outside of the bounds, or with more decimals, are refused with 422.
   */
  @Get('currencies')
  @ApiOperation({ operationId: 'listCurrencies' })
  @Audited('read', 'currency')
  async listCurrencies(): Promise<CurrencyListDto> {
    const currencies = await this.catalog.currencies();
    return { object: 'list', data: currencies.map(toCurrencyDto) };
  }
}
