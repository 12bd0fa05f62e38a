import { Problem, Public } from '@consent-hub/platform';
import { Controller, Get, ServiceUnavailableException, type OnModuleDestroy } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheckService, TypeOrmHealthIndicator } from '@nestjs/terminus';

/** For whoever runs the hub: restart what is not live, send no requests to what is not ready. */
@ApiExcludeController()
@Public()
@Controller('health')
export class HealthController implements OnModuleDestroy {
  private isStopping = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
  ) {}

  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(): Promise<{ status: 'ok' }> {
    if (this.isStopping) throw notReady('This instance is stopping.');
    await this.health.check([() => this.database.pingCheck('database')]).catch((error: unknown) => {
      throw error instanceof ServiceUnavailableException ? notReady('The database does not answer.') : error;
    });
    return { status: 'ok' };
  }

  /** The first that Nest calls on its way down, while requests are still served. */
  onModuleDestroy(): void {
    this.isStopping = true;
  }
}

const notReady = (detail: string): Problem => new Problem({ status: 503, code: 'not_ready', detail });
