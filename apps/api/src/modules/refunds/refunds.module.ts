import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogModule } from '../catalog/index.js';
import { ReviewsModule } from '../reviews/index.js';
import { TransactionsModule } from '../transactions/index.js';
import { ExternalRefunds } from './external-refunds.service.js';
import { RefundProvider } from './refund-provider.service.js';
import { RefundRecovery } from './refund-recovery.worker.js';
import { RefundSearch } from './refund-search.service.js';
import { RefundSettlement } from './refund-settlement.service.js';
import { ArchivedRefund, Refund } from './refund.entity.js';
import { RefundsController } from './refunds.controller.js';
import { RefundsRepository } from './refunds.repository.js';
import { RefundsService } from './refunds.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Refund, ArchivedRefund]),
    CatalogModule,
    ReviewsModule,
    TransactionsModule,
  ],
  controllers: [RefundsController],
  providers: [
    RefundsService,
    RefundsRepository,
    RefundSearch,
    RefundProvider,
    RefundSettlement,
    RefundRecovery,
    ExternalRefunds,
  ],
  exports: [ExternalRefunds, RefundSettlement, RefundRecovery, RefundsRepository, RefundsService],
})
export class RefundsModule {}
