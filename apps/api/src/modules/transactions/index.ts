export { Expansions } from './transaction-expansions.service.js';
export { PaymentRecovery } from './payment-recovery.worker.js';
export { SettlementService } from './settlement.service.js';
export { mostSyncs, nextSyncMs, remembersKey } from './sync-schedule.js';
export { minorOrRefuse } from './transaction-drafts.service.js';
export { TransactionsModule } from './transactions.module.js';
export { TransactionsRepository } from './transactions.repository.js';
export { TransactionsService } from './transactions.service.js';
export { promiseOf, verdictOf } from './verdict.js';
