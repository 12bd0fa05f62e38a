import {
  isDatabaseOutage,
  LookupPool,
  Problem,
  Problems,
  Public,
  StandbyReachedError,
  type ProblemKind,
} from '@consent-hub/platform';
import { SpoolHealth } from '@consent-hub/token-grant';
import { Controller, Get, ServiceUnavailableException, type OnModuleDestroy } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, TypeOrmHealthIndicator } from '@nestjs/terminus';

const NOT_READY: ProblemKind = {
  status: 503,
  code: 'not_ready',
  detail:
    'The database does not answer or takes no writes, the spool cannot be written, or this instance is stopping.',
};

export class HealthView {
  @ApiProperty({ enum: ['ok'] })
  status: 'ok';
}

/** For whoever runs the hub: restart what is not live, send no requests to what is not ready. */
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
      'Not while it starts or stops, nor without its database, nor while its spool cannot be written.',
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
    return { status: 'ok' };
  }

  /** The first that Nest calls on its way down, while requests are still served. */
  onModuleDestroy(): void {
    this.isStopping = true;
  }
}

const notReady = (detail: string): Problem => new Problem({ ...NOT_READY, detail });
