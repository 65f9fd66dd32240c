import type { Currency, PaymentMethod } from './models.js';
import type { CallOptions, Transport } from './transport.js';

/** Ways to pay. */
export class PaymentMethods {
  constructor(private readonly transport: Transport) {}

  async list(options?: CallOptions): Promise<PaymentMethod[]> {
    return (await this.transport.send('listPaymentMethods', {}, options)).data;
  }
}

/** Currencies. */
export class Currencies {
  constructor(private readonly transport: Transport) {}

  async list(options?: CallOptions): Promise<Currency[]> {
    return (await this.transport.send('listCurrencies', {}, options)).data;
  }
}
