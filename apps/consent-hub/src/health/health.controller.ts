import {
  isDatabaseOutage,
  LookupPool,
  Problem,
  Problems,
  Public,
  StandbyReachedError,
  type ProblemKind,
} from '@consent-hub/platform';
import { EXAMPLE_BRAND } from '@consent-hub/psd2-protocol';
import { SpoolHealth } from '@consent-hub/token-grant';
import { Controller, Get, ServiceUnavailableException, type OnModuleDestroy } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { HealthWarningsService } from './health-warnings.service.js';

const NOT_READY: ProblemKind = {
  status: 503,
  code: 'not_ready',
  detail:
    'The database does not answer or takes no writes, the spool cannot be written, or this instance is stopping.',
};

export class HealthView {
  @ApiProperty({ enum: ['ok'] })
  status: 'ok';

  @ApiPropertyOptional({
    type: [String],
    description:
      'Conditions that need attention, although this instance serves requests; absent when there are none',
    example: [`The client certificate for ${EXAMPLE_BRAND} expires in 12 days, at 2026-12-01T00:00:00.000Z.`],
  })
  warnings?: string[];
}

/** For the operator of the hub: restart what is not live, send no requests to what is not ready. */
@ApiTags('operations')
@Public()
@Controller('health')
export class HealthController implements OnModuleDestroy {
  private isStopping = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly lookups: LookupPool,
    private readonly spool: SpoolHealth,
    private readonly warnings: HealthWarningsService,
  ) {}

  @Get('live')
  @ApiOperation({ operationId: 'isLive', summary: 'Whether this instance runs' })
  @ApiOkResponse({ type: HealthView, description: 'It does' })
  live(): HealthView {
    return { status: 'ok' };
  }

  @Get('ready')
  @Problems(NOT_READY)
  @ApiOperation({
    operationId: 'isReady',
    summary: 'Whether this instance serves',
    description:
      'Not while it starts or stops, nor without its database, nor while its spool cannot be written. A client certificate ' +
      'that has expired, is not valid yet or expires soon is a warning alone, and so are timelines without partitions: tokens that are ' +
      'there are served all the same.',
  })
  @ApiOkResponse({ type: HealthView, description: 'It does' })
  async ready(): Promise<HealthView> {
    if (this.isStopping) throw notReady('This instance is stopping.');
    if (!this.spool.isWritable()) throw notReady('The spool cannot be written.');
    await Promise.all([
      this.health.check([() => this.database.pingCheck('database')]),
      this.lookups.verifyServer(),
    ]).catch((error: unknown) => {
      if (error instanceof StandbyReachedError) throw notReady('The database takes no writes.');
      const isAway = error instanceof ServiceUnavailableException || isDatabaseOutage(error);
      throw isAway ? notReady('The database does not answer.') : error;
    });
    const warnings = this.warnings.list();
    return { status: 'ok', ...(warnings.length > 0 && { warnings }) };
  }

  /** The first that Nest calls on its way down, while requests are still served. */
  onModuleDestroy(): void {
    this.isStopping = true;
  }
}

const notReady = (detail: string): Problem => new Problem({ ...NOT_READY, detail });
