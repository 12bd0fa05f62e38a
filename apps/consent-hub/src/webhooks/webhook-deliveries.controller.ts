import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
} from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Problems, Requires, type Caller } from '@consent-hub/platform';
import { ListDeliveriesRequest } from './list-deliveries.request.js';
import { ReplayEventsRequest } from './replay-events.request.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { WebhookTestService } from './webhook-test.service.js';
import { DeliveryList, ScheduledView, toDeliveryList, WebhookTestView } from './webhook.view.js';
import { EVENT_UNKNOWN } from '../http-api/event.problems.js';
import { WEBHOOK_NOT_FOUND } from './webhooks.problems.js';

const ID = { name: 'id', format: 'uuid', description: 'Of the webhook', required: true };

@ApiTags('events')
@Controller('v1/webhooks/:id')
export class WebhookDeliveriesController {
  constructor(
    private readonly deliveries: WebhookDeliveriesService,
    private readonly tests: WebhookTestService,
  ) {}

  @Post('test')
  @HttpCode(HttpStatus.OK)
  @Requires('events:read')
  @Problems(WEBHOOK_NOT_FOUND)
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'testWebhook',
    summary: 'Send a test',
    description:
      'Posts an event of the type `hub.test` at once, signed as others are, and waits for the answer.',
  })
  @ApiOkResponse({ type: WebhookTestView, description: 'How the receiver answered, well or not' })
  async test(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<WebhookTestView> {
    const { eventId, status, error } = await this.tests.send(caller, id);
    return { event_id: eventId, status, error };
  }

  @Get('deliveries')
  @Requires('events:read')
  @Problems(WEBHOOK_NOT_FOUND)
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'listWebhookDeliveries',
    summary: 'The result of each event',
    description: 'Deliveries that ended are kept for `WEBHOOK_DELIVERY_RETENTION_DAYS`.',
  })
  @ApiOkResponse({ type: DeliveryList, description: 'A page of deliveries' })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() request: ListDeliveriesRequest,
  ): Promise<DeliveryList> {
    return toDeliveryList(await this.deliveries.list(caller, id, request), request.limit);
  }

  @Post('replay')
  @HttpCode(HttpStatus.ACCEPTED)
  @Requires('events:read')
  @Problems(WEBHOOK_NOT_FOUND, EVENT_UNKNOWN)
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'replayEvents',
    summary: 'Send events again',
    description:
      'Exactly one of `after`, `event_ids` and `state`. Events that were delivered are delivered once more, those that wait for ' +
      'their next attempt begin anew. To a disabled webhook they are sent once it is enabled.',
  })
  @ApiAcceptedResponse({ type: ScheduledView, description: 'How many deliveries were scheduled' })
  async replay(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() request: ReplayEventsRequest,
    @Query() _query: NoQuery,
  ): Promise<ScheduledView> {
    return { scheduled: await this.deliveries.replay(caller, id, request) };
  }
}
