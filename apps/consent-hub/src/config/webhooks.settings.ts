import { readFileSync } from 'node:fs';
import { EnvironmentError } from '@consent-hub/platform';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { WholeNumber } from './validators.js';

const SWITCH = ['true', 'false'] as const;

/** Where events may be sent, how many at a time, and how often. */
export class WebhooksSettings {
  /** For each webhook and replica. */
  @WholeNumber(1, 256)
  WEBHOOK_CONCURRENCY: number = 16;

  @IsIn(SWITCH, { message: '$property must be true or false' })
  WEBHOOK_ALLOW_PRIVATE: (typeof SWITCH)[number] = 'false';

  /** Default: those of Node. */
  @IsOptional()
  WEBHOOK_CA_FILE?: string;

  /** One wait for each retry. */
  @Matches(/^\d{1,6}(?:,\d{1,6}){0,29}$/, { message: '$property must be up to 30 whole numbers with commas' })
  WEBHOOK_RETRY_SECONDS: string = '5,300,1800,7200,18000,36000,50400,72000,86400';

  @WholeNumber(1, 3650)
  WEBHOOK_DELIVERY_RETENTION_DAYS: number = 30;

  get allowsPrivate(): boolean {
    return this.WEBHOOK_ALLOW_PRIVATE === 'true';
  }

  get retrySeconds(): readonly number[] {
    return this.WEBHOOK_RETRY_SECONDS.split(',').map(Number);
  }

  /** @throws EnvironmentError when the file cannot be read */
  readCa(): string | undefined {
    const { WEBHOOK_CA_FILE: file } = this;
    if (file === undefined) return undefined;
    try {
      return readFileSync(file, 'utf8');
    } catch {
      throw new EnvironmentError([`WEBHOOK_CA_FILE cannot be read: ${file}`]);
    }
  }
}
