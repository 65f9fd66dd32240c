import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogModule } from '../catalog/index.js';
import { PartnersModule } from '../partners/index.js';
import { ReviewsModule } from '../reviews/index.js';
import { PayerData } from './payer-data.js';
import { PaymentRecovery } from './payment-recovery.worker.js';
import { PaymentsInFlight } from './payments-in-flight.service.js';
import { RoutingService } from './routing.service.js';
import { SettlementService } from './settlement.service.js';
import { TransactionAnswer } from './transaction-answer.service.js';
import { TransactionAttempt } from './transaction-attempt.entity.js';
import { TransactionDrafts } from './transaction-drafts.service.js';
import { TransactionSearch } from './transaction-search.service.js';
import { Transaction } from './transaction.entity.js';
import { TransactionsController } from './transactions.controller.js';
import { TransactionsRepository } from './transactions.repository.js';
import { TransactionsService } from './transactions.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Transaction, TransactionAttempt]),
    CatalogModule,
    PartnersModule,
    ReviewsModule,
  ],
  controllers: [TransactionsController],
  providers: [
    TransactionsService,
    TransactionsRepository,
    TransactionDrafts,
    TransactionSearch,
    TransactionAnswer,
    PaymentsInFlight,
    PaymentRecovery,
    RoutingService,
    SettlementService,
    PayerData,
  ],
  exports: [TransactionsService, SettlementService, PaymentRecovery, TransactionsRepository],
})
export class TransactionsModule {}
