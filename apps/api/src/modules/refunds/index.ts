export { ExternalRefunds } from './external-refunds.service.js';
export { RefundRecovery } from './refund-recovery.worker.js';
export { RefundSettlement } from './refund-settlement.service.js';
export { refundErrorCodes } from './refund.machine.js';
export { refundVerdictOf } from './refund-verdict.js';
export { RefundsModule } from './refunds.module.js';
export { RefundsRepository } from './refunds.repository.js';
export { RefundsService } from './refunds.service.js';
