import { Module, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource, TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { type Config, CONFIG } from '../../config.js';
import { refuseWrongLogin } from '../../platform/login-check.js';
import { PartnersModule } from '../partners/index.js';
import { DeletionsRepository } from './deletions.repository.js';
import { DeletionsService } from './deletions.service.js';
import {
  OperationsDatabase,
  operationsDataSource,
  operationsOptions,
} from './operations-database.service.js';
import { OperatorDirectory } from './operator-directory.service.js';
import { OperatorEntrance } from './operator-entrance.service.js';
import { OperatorKey } from './operator-key.entity.js';
import { OperatorKeyGuard } from './operator-key.guard.js';
import { OperatorKeysRepository } from './operator-keys.repository.js';
import { PartnerAccountsController } from './partner-accounts.controller.js';
import { PartnerAccountsRepository } from './partner-accounts.repository.js';
import { PartnerAccountsService } from './partner-accounts.service.js';
import { RefundRecordsController } from './refund-records.controller.js';
import { SettlementsRepository } from './settlements.repository.js';
import { SettlementsService } from './settlements.service.js';
import { TransactionRecordsController } from './transaction-records.controller.js';
import { TransactionRecordsRepository } from './transaction-records.repository.js';
import { TransactionRecordsService } from './transaction-records.service.js';

/** What internal teams do, through a database login of their own. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      name: operationsDataSource,
      inject: [CONFIG],
      useFactory: (config: Config) => ({ ...operationsOptions(config), autoLoadEntities: false }),
    }),
    TypeOrmModule.forFeature([OperatorKey], operationsDataSource),
    PartnersModule,
  ],
  controllers: [PartnerAccountsController, TransactionRecordsController, RefundRecordsController],
  providers: [
    OperationsDatabase,
    DeletionsRepository,
    DeletionsService,
    OperatorDirectory,
    OperatorEntrance,
    OperatorKeysRepository,
    OperatorKeyGuard,
    PartnerAccountsService,
    PartnerAccountsRepository,
    SettlementsRepository,
    SettlementsService,
    TransactionRecordsService,
    TransactionRecordsRepository,
  ],
})
export class OperationsModule implements OnModuleInit {
  constructor(@InjectDataSource(operationsDataSource) private readonly dataSource: DataSource) {}

  async onModuleInit(): Promise<void> {
    await refuseWrongLogin(this.dataSource, 'operations');
  }
}
