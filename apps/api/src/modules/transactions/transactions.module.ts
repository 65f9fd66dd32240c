import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogModule } from '../catalog/index.js';
import { EventsModule } from '../events/index.js';
import { PartnersModule } from '../partners/index.js';
import { ReviewsModule } from '../reviews/index.js';
import { AttemptChain } from './attempt-chain.service.js';
import { PayerData } from './payer-data.js';
import { PayerReturnsController } from './payer-returns.controller.js';
import { PayerReturns } from './payer-returns.service.js';
import { PaymentAlarms } from './payment-alarms.service.js';
import { PaymentRecovery } from './payment-recovery.worker.js';
import { PaymentsInFlight } from './payments-in-flight.service.js';
import { ProviderChoice } from './provider-choice.service.js';
import { ReturnLinks } from './return-links.service.js';
import { RoutingService } from './routing.service.js';
import { SettlementService } from './settlement.service.js';
import { TransactionAnswer } from './transaction-answer.service.js';
import { ArchivedAttempt, TransactionAttempt } from './transaction-attempt.entity.js';
import { TransactionDrafts } from './transaction-drafts.service.js';
import { Expansions } from './transaction-expansions.service.js';
import { TransactionSearch } from './transaction-search.service.js';
import { ArchivedTransaction, Transaction } from './transaction.entity.js';
import { TransactionsController } from './transactions.controller.js';
import { TransactionsRepository } from './transactions.repository.js';
import { TransactionsService } from './transactions.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([
      Transaction,
      TransactionAttempt,
      ArchivedTransaction,
      ArchivedAttempt,
    ]),
    CatalogModule,
    EventsModule,
    PartnersModule,
    ReviewsModule,
  ],
  controllers: [TransactionsController, PayerReturnsController],
  providers: [
    TransactionsService,
    TransactionsRepository,
    TransactionDrafts,
    TransactionSearch,
    TransactionAnswer,
    Expansions,
    PaymentsInFlight,
    PaymentRecovery,
    ProviderChoice,
    RoutingService,
    AttemptChain,
    PaymentAlarms,
    ReturnLinks,
    PayerReturns,
    SettlementService,
    PayerData,
  ],
  exports: [
    Expansions,
    TransactionsService,
    SettlementService,
    PaymentRecovery,
    TransactionsRepository,
    TransactionAnswer,
  ],
})
export class TransactionsModule {}
