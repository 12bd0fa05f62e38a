import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Problem, Problems, Requires, type Caller } from '@consent-hub/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClientSettings } from '../config/api-client.settings.js';
import { ConsentProblems } from '../http-api/consent-problems.decorator.js';
import { EventList } from './event-list.view.js';
import { EventPages } from './event-pages.service.js';
import { EventSelections } from './event-selection.service.js';
import { EventStreams } from './event-streams.service.js';
import { EVENT_TYPE_UNKNOWN, EVENT_UNKNOWN } from '../http-api/event.problems.js';
import { EVENT_CURSOR_FOREIGN, TOO_MANY_STREAMS } from './events.problems.js';
import { writeFeedCursor } from './feed-cursor.js';
import { ListEventsRequest, StreamEventsRequest } from './read-events.request.js';

const STREAM_HEAD = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Header for nginx, which would otherwise hold events back until it has some kilobytes.
  'x-accel-buffering': 'no',
};

const WHOSE = 'Of the consents that you opened; an admin reads all, and those of the hub itself.';

@ApiTags('events')
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly selections: EventSelections,
    private readonly pages: EventPages,
    private readonly streams: EventStreams,
    private readonly settings: ApiClientSettings,
  ) {}

  @Get()
  @Requires('events:read')
  @ConsentProblems('consent_not_found')
  @Problems(EVENT_TYPE_UNKNOWN, EVENT_UNKNOWN, EVENT_CURSOR_FOREIGN)
  @ApiOperation({
    operationId: 'listEvents',
    summary: 'Events, a page at a time',
    description:
      `What happened, in one order that never changes. ${WHOSE} Without \`after\` from the beginning. Continue with \`next_after\`, ` +
      'which is always there: no event is left out and none comes twice, for any number of calls from any position. With ' +
      '`wait_seconds` a call that finds nothing waits. Only `consent.erased` is left of a consent that was erased.',
  })
  @ApiOkResponse({ type: EventList, description: 'A page of events' })
  async list(@CurrentCaller() caller: Caller, @Query() request: ListEventsRequest): Promise<EventList> {
    const selection = await this.selections.of(caller, request);
    const { limit, wait_seconds: seconds } = request;
    const { events, upTo } = await this.pages.read(selection, { limit, waitMs: seconds * 1000 });
    const last = events.at(-1);
    return {
      items: events.map(({ view }) => view),
      next_after: last?.position === upTo ? last.id : writeFeedCursor(caller.id, upTo),
    };
  }

  @Get('stream')
  @Requires('events:read')
  @ConsentProblems('consent_not_found')
  @Problems(EVENT_TYPE_UNKNOWN, EVENT_UNKNOWN, EVENT_CURSOR_FOREIGN, TOO_MANY_STREAMS)
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description:
      'Id of the last event that arrived, which a reader sends when it comes back. Before `after`.',
    schema: { type: 'string', example: 'evt_4711_5f0c9a1e' },
  })
  @ApiOperation({
    operationId: 'streamEvents',
    summary: 'Events as they happen',
    description:
      `Server-Sent Events: \`id\` is the id of the event, \`event\` its type, \`data\` what \`GET /v1/events\` shows of it. ${WHOSE} ` +
      'Resumes after `Last-Event-ID` or `after`; without them it begins with what happens from now on. A comment line comes every ' +
      '15 seconds. A reader that takes nothing for 15 seconds while events wait is cut off, and resumes.',
  })
  @ApiOkResponse({
    description: 'The stream, which has no end',
    content: { 'text/event-stream': { schema: { type: 'string' }, example: ':\n\n' } },
  })
  async stream(
    @CurrentCaller() caller: Caller,
    @Query() request: StreamEventsRequest,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() { method }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = lastEventId ? { ...request, after: lastEventId } : request;
    const selection = await this.selections.of(caller, wanted);
    const after = await this.streams.startOf(selection);
    if (this.streams.countOf(caller) >= this.settings.HUB_STREAM_LIMIT) throw new Problem(TOO_MANY_STREAMS);
    reply.hijack();
    reply.raw.writeHead(200, { ...headersOf(reply), ...STREAM_HEAD });
    if (method === 'HEAD') reply.raw.end();
    else this.streams.open(reply.raw, caller, selection, after);
  }
}

/** Those that every answer has. */
const headersOf = (reply: FastifyReply) => reply.getHeaders() as Record<string, string>;
