import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Query,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Problems, Requires, type Caller } from '@consent-hub/platform';
import { ChangeWebhookRequest } from './change-webhook.request.js';
import { CreateWebhookRequest } from './create-webhook.request.js';
import {
  CreatedWebhookView,
  toWebhookView,
  WebhookList,
  WebhookSecretView,
  WebhookView,
} from './webhook.view.js';
import { RECEIVER_PROBLEMS, WEBHOOK_LIMIT_REACHED, WEBHOOK_NOT_FOUND } from './webhooks.problems.js';
import { WebhooksService } from './webhooks.service.js';

const ID = { name: 'id', format: 'uuid', description: 'Of the webhook', required: true };

@ApiTags('events')
@Controller('v1/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @Requires('events:read')
  @Problems(...RECEIVER_PROBLEMS, WEBHOOK_LIMIT_REACHED)
  @ApiOperation({
    operationId: 'createWebhook',
    summary: 'Have events sent',
    description:
      'Events from now on are posted to the url, as `GET /v1/events` shows them, signed by Standard Webhooks. Any 2xx is success; ' +
      'anything else is tried again nine times within three days. Events of one consent arrive in order, and at least once: ' +
      '`webhook-id` is the id of the event.',
  })
  @ApiCreatedResponse({ type: CreatedWebhookView, description: 'The webhook, with its secret' })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() request: CreateWebhookRequest,
    @Query() _query: NoQuery,
  ): Promise<CreatedWebhookView> {
    const { webhook, secret } = await this.webhooks.create(caller, request);
    return { ...toWebhookView(webhook), secret: secret.reveal() };
  }

  @Get()
  @Requires('events:read')
  @ApiOperation({ operationId: 'listWebhooks', summary: 'Your webhooks' })
  @ApiOkResponse({ type: WebhookList, description: 'The webhooks of the API client' })
  async list(@CurrentCaller() caller: Caller, @Query() _query: NoQuery): Promise<WebhookList> {
    return { items: (await this.webhooks.list(caller)).map(toWebhookView) };
  }

  @Get(':id')
  @Requires('events:read')
  @Problems(WEBHOOK_NOT_FOUND)
  @ApiParam(ID)
  @ApiOperation({ operationId: 'getWebhook', summary: 'One webhook' })
  @ApiOkResponse({ type: WebhookView, description: 'The webhook' })
  async get(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<WebhookView> {
    return toWebhookView(await this.webhooks.get(caller, id));
  }

  @Patch(':id')
  @Requires('events:read')
  @Problems(WEBHOOK_NOT_FOUND, ...RECEIVER_PROBLEMS)
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'changeWebhook',
    summary: 'Change a webhook',
    description:
      'What is left out stays as it is. Enabled again, it is sent what waited; events from while it was disabled are sent by a replay.',
  })
  @ApiOkResponse({ type: WebhookView, description: 'The webhook as it is now' })
  async change(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() request: ChangeWebhookRequest,
    @Query() _query: NoQuery,
  ): Promise<WebhookView> {
    return toWebhookView(await this.webhooks.change(caller, id, request));
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @Requires('events:read')
  @Problems(WEBHOOK_NOT_FOUND)
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook',
    description: 'Nothing more is sent; a request that is under way still ends. Its deliveries are removed.',
  })
  @ApiNoContentResponse({ description: 'It is gone' })
  async delete(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<void> {
    await this.webhooks.delete(caller, id);
  }

  @Post(':id/rotate-secret')
  @HttpCode(HttpStatus.OK)
  @Requires('events:read')
  @Problems(WEBHOOK_NOT_FOUND)
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'A new secret',
    description: 'For 24 hours the previous secret signs as well: the header holds two signatures.',
  })
  @ApiOkResponse({ type: WebhookSecretView, description: 'The new secret' })
  async rotateSecret(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<WebhookSecretView> {
    return { secret: (await this.webhooks.rotateSecret(caller, id)).reveal() };
  }
}
