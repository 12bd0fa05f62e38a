import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Public } from '@consent-hub/platform';
import type { FastifyReply } from 'fastify';
import { HubMetricsService } from './hub-metrics.service.js';

/** For Prometheus, inside: a proxy leaves this path out, as it does /health. */
@ApiTags('operations')
@Public()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: HubMetricsService) {}

  @Get()
  @ApiOperation({ operationId: 'readMetrics', summary: 'Figures of this instance for Prometheus' })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: "In Prometheus' text format",
    schema: { type: 'string', example: '# TYPE hub_consents gauge' },
  })
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.metrics.contentType);
    return this.metrics.read();
  }
}
