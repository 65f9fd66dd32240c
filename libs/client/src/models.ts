import type { Answer, Body, Query } from './operations.js';
import type { components } from './partner-api.js';

/** A payment. */
export type Transaction = Answer<'createTransaction'>;
/** A page of payments. */
export type TransactionPage = Answer<'listTransactions'>;
/** A payment with what was asked for in `expand`. */
export type ExpandedTransaction = Answer<'getTransaction'>;
/** What `transactions.create` takes. */
export type NewTransaction = Body<'createTransaction'>;
/** What `transactions.cancel` takes. */
export type Cancellation = Body<'cancelTransaction'>;
/** What `transactions.list` filters by. */
export type TransactionFilters = Query<'listTransactions'>;
/** Money on its way back. */
export type Refund = Answer<'createRefund'>;
/** A page of refunds. */
export type RefundPage = Answer<'listRefunds'>;
/** What `refunds.create` takes. */
export type NewRefund = Body<'createRefund'>;
/** What `transactions.listRefunds` filters by. */
export type TransactionRefundFilters = Query<'listTransactionRefunds'>;
/** What `refunds.list` filters by. */
export type RefundFilters = Query<'listRefunds'>;
/** Something that happened to a payment. */
export type TransactionEvent = EventPage['data'][number];
/** A page of the feed of events; `next_cursor` is where to go on. */
export type EventPage = Answer<'listEvents'>;
/** What `events.list` filters by. */
export type EventFilters = Query<'listEvents'>;
/** You. */
export type Partner = Answer<'getPartner'>;
/** What `partner.update` changes. */
export type PartnerChanges = Body<'updatePartner'>;
/** For how long what is replaced goes on working. */
export type Rotation = Body<'rotateApiKey'>;
/** A new API key, shown once. */
export type RotatedApiKey = Answer<'rotateApiKey'>;
/** A new webhook secret, shown once. */
export type RotatedWebhookSecret = Answer<'rotateWebhookSecret'>;
/** What became of a test webhook. */
export type WebhookTest = Answer<'createWebhookTest'>;
/** A webhook that was sent to you, or will be. */
export type WebhookDelivery = WebhookDeliveryPage['data'][number];
/** A page of webhooks. */
export type WebhookDeliveryPage = Answer<'listWebhookDeliveries'>;
/** A webhook with every attempt to send it. */
export type WebhookDeliveryWithAttempts = Answer<'getWebhookDelivery'>;
/** What `webhookDeliveries.list` filters by. */
export type WebhookDeliveryFilters = Query<'listWebhookDeliveries'>;
/** A way to pay. */
export type PaymentMethod = Answer<'listPaymentMethods'>['data'][number];
/** A currency with its decimals and bounds. */
export type Currency = Answer<'listCurrencies'>['data'][number];
/** Who did what with your resources. */
export type AuditLog = AuditLogPage['data'][number];
/** A page of the audit log. */
export type AuditLogPage = Answer<'listAuditLogs'>;
/** What `auditLogs.list` filters by. */
export type AuditLogFilters = Query<'listAuditLogs'>;
/** An error as the API answers it (RFC 9457). */
export type Problem = components['schemas']['Problem'];
