import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refuses } from '../../errors/refuses.decorator.js';
import { type Caller, CurrentPartner } from '../../http/request.js';
import { Audited } from '../../http/audited.decorator.js';
import { EventFeedQuery, EventPageDto } from './event.dto.js';
import { EventsService } from './events.service.js';

@ApiTags('Events')
@Controller('v1')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  /**
   * What happened to one payment, first to last
   *
   * @remarks `sequence` counts the events of the payment and its refunds without a gap.
   */
  @Get('transactions/:id/events')
  @ApiOperation({ operationId: 'listTransactionEvents' })
  @Refuses('transaction_not_found')
  @Audited('read', 'event')
  listOfTransaction(
    @CurrentPartner() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<EventPageDto> {
    return this.events.listOfTransaction(caller.partnerId, id);
  }

  /**
   * Follow all your events
   *
   * @remarks Stable order and no gaps: keep `next_cursor` and pass it as `after` to go on where you stopped. The feed goes back 1 year; a payment has all of its events.
   */
  @Get('events')
  @ApiOperation({ operationId: 'listEvents' })
  @Refuses('cursor_expired')
  @Audited('read', 'event')
  feed(@CurrentPartner() caller: Caller, @Query() query: EventFeedQuery): Promise<EventPageDto> {
    return this.events.feed(caller.partnerId, query);
  }
}
