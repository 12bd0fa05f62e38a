import { Problem, Problems, Public, type ProblemKind } from '@consent-hub/platform';
import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { MetricsSettings } from '../config/metrics.settings.js';
import { HubMetricsService } from './hub-metrics.service.js';
import { carriesToken } from './metrics-access.js';

const TOKEN_WRONG: ProblemKind = {
  status: 401,
  code: 'metrics_token_wrong',
  detail: 'The bearer token of HUB_METRICS_TOKEN is demanded here; keys of API clients are not.',
};
const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="consent-hub-metrics"' };
const ELSEWHERE: ProblemKind = {
  status: 404,
  code: 'metrics_elsewhere',
  detail: 'This hub serves its figures on a port of their own, HUB_METRICS_PORT.',
};

/** For Prometheus, inside: a proxy leaves this path out, as it does /health. */
@ApiTags('operations')
@Public()
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: HubMetricsService,
    private readonly settings: MetricsSettings,
  ) {}

  @Get()
  @Problems(TOKEN_WRONG, ELSEWHERE)
  @ApiOperation({
    operationId: 'readMetrics',
    summary: 'Figures of this instance for Prometheus',
    description:
      'Without a key of an API client. Where the hub has `HUB_METRICS_TOKEN`, that token is demanded as bearer token; where ' +
      'it has `HUB_METRICS_PORT`, the figures are on that port and not here.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: "In Prometheus' text format",
    schema: { type: 'string', example: '# TYPE hub_consents gauge' },
  })
  async read(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { HUB_METRICS_PORT: port, HUB_METRICS_TOKEN: token } = this.settings;
    if (port !== undefined) throw new Problem(ELSEWHERE);
    if (token && !carriesToken(authorization, token))
      throw new Problem({ ...TOKEN_WRONG, headers: CHALLENGE });
    void reply.type(this.metrics.contentType);
    return this.metrics.read();
  }
}
