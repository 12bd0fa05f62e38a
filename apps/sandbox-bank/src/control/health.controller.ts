import { Controller, Get } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';
import { DataSource } from 'typeorm';

@Controller('health')
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(): Promise<{ status: 'ok' }> {
    await this.dataSource.query('SELECT 1').catch(() => {
      throw new Problem({ status: 503, code: 'not_ready', detail: 'The database does not answer.' });
    });
    return { status: 'ok' };
  }
}
