import { AuditLogs } from './audit-logs.js';
import { Currencies, PaymentMethods } from './catalog.js';
import { Events } from './events.js';
import { PartnerProfile } from './partner.js';
import { Refunds } from './refunds.js';
import { Transactions } from './transactions.js';
import { type ClientOptions, type Surroundings, Transport } from './transport.js';
import { WebhookDeliveries } from './webhook-deliveries.js';

/** The partner API: one member for each resource. */
export class PaymentsClient {
  readonly transactions: Transactions;
  readonly refunds: Refunds;
  readonly events: Events;
  readonly partner: PartnerProfile;
  readonly paymentMethods: PaymentMethods;
  readonly currencies: Currencies;
  readonly auditLogs: AuditLogs;
  readonly webhookDeliveries: WebhookDeliveries;

  /** @throws TypeError for a base URL that is none, or an empty key */
  constructor(options: ClientOptions, surroundings?: Surroundings) {
    const transport = new Transport(options, surroundings);
    this.transactions = new Transactions(transport);
    this.refunds = new Refunds(transport);
    this.events = new Events(transport);
    this.partner = new PartnerProfile(transport);
    this.paymentMethods = new PaymentMethods(transport);
    this.currencies = new Currencies(transport);
    this.auditLogs = new AuditLogs(transport);
    this.webhookDeliveries = new WebhookDeliveries(transport);
  }
}
