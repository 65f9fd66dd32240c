import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { EventHorizon } from './event-horizon.entity.js';
import { TransactionEvent } from './transaction-event.entity.js';
import { TransactionHistory } from './transaction-history.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([TransactionEvent, TransactionHistory, EventHorizon])],
  controllers: [EventsController],
  providers: [EventsService],
  exports: [EventsService],
})
export class EventsModule {}
