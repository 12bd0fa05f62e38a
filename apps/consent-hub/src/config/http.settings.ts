import { hostname } from 'node:os';
import { LOG_LEVELS, urlOf, type LogLevel } from '@consent-hub/platform';
import { IsIn, IsOptional, IsUrl, Matches } from 'class-validator';
import { WholeNumber } from './validators.js';

/** Where the hub listens, under which address others see it, and what it logs. */
export class HttpSettings {
  @Matches(/^[A-Za-z0-9.:_-]+$/, { message: '$property must be a host name or an IP address' })
  HUB_HOST: string = '127.0.0.1';

  @WholeNumber(0, 65_535)
  HUB_PORT: number = 3000;

  /** Default: from the two. Behind a proxy it is the proxy's, since the bank sends the PSU back to it. */
  @IsOptional()
  @IsUrl(
    {
      protocols: ['http', 'https'],
      require_protocol: true,
      require_tld: false,
      disallow_auth: true,
      allow_query_components: false,
      allow_fragments: false,
    },
    { message: '$property must be an http or https URL without user, query and fragment' },
  )
  HUB_PUBLIC_URL?: string;

  /** Default: from host name and port. Two replicas must not share one. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9._:-]{1,128}$/, {
    message: '$property must be 1 to 128 characters of A-Z a-z 0-9 . _ : -',
  })
  HUB_INSTANCE?: string;

  @IsIn(LOG_LEVELS, { message: `$property must be one of ${LOG_LEVELS.join(', ')}` })
  HUB_LOG_LEVEL: LogLevel = 'info';

  /** Where browsers reach the hub, without a slash at its end. */
  get publicUrl(): string {
    return (this.HUB_PUBLIC_URL ?? urlOf('http', this.HUB_HOST, this.HUB_PORT)).replace(/\/+$/, '');
  }

  /** The path of the public URL, without a slash at its end; empty where it has none. */
  get publicPath(): string {
    return new URL(this.publicUrl).pathname.replace(/\/+$/, '');
  }

  /** Whether browsers come over TLS, without which they take no cookie that asks for it. */
  get isSecure(): boolean {
    return this.publicUrl.startsWith('https:');
  }

  get instance(): string {
    return this.HUB_INSTANCE ?? `${hostname()}:${this.HUB_PORT}`;
  }
}
