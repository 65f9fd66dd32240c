import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventFeedEpoch } from './event-feed-epoch.entity.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { EventHorizon } from './event-horizon.entity.js';
import { TransactionEvent } from './transaction-event.entity.js';
import { TransactionHistory } from './transaction-history.entity.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([TransactionEvent, TransactionHistory, EventHorizon, EventFeedEpoch]),
  ],
  controllers: [EventsController],
  providers: [EventsService],
  exports: [EventsService],
})
export class EventsModule {}
