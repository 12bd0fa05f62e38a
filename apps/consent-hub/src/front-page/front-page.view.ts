import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { CircuitBreakerFigures } from '@consent-hub/consent';
import type { Brand } from '@consent-hub/psd2-protocol';
import { ApiPropertyPerBrand } from '../http-api/api-property-per-brand.js';
import { BANK_CONTACTS, type BankContact } from './bank-contact.recorder.js';

/** Whether scheduled refreshes run; `unknown` while the database does not answer. */
export const REFRESHING = ['running', 'paused', 'resuming', 'unknown'] as const;
export type Refreshing = (typeof REFRESHING)[number];

const REFRESHING_BY_CIRCUIT_BREAKER: Readonly<Record<CircuitBreakerFigures['status'], Refreshing>> = {
  closed: 'running',
  open: 'paused',
  half_open: 'resuming',
};

/** A pause by a person counts whatever the circuit breaker says. */
export const refreshingOf = ({ status, pausedAt }: CircuitBreakerFigures): Refreshing =>
  pausedAt ? 'paused' : REFRESHING_BY_CIRCUIT_BREAKER[status];

export class BrandStatusView {
  @ApiProperty({
    enum: REFRESHING,
    description:
      'Scheduled refreshes of all hubs: `paused` by the circuit breaker when too many failed, or by a person, `resuming` one by one, `unknown` ' +
      'while the database does not answer',
    example: 'running',
  })
  refreshes: Refreshing;

  @ApiProperty({
    enum: BANK_CONTACTS,
    description:
      'Whether the bank answered the last call for tokens that this hub made; `unknown` before the first',
    example: 'reachable',
  })
  bank: BankContact;
}

@ApiPropertyPerBrand({ type: BrandStatusView })
class BrandStatusesView {}

class FrontPageLinks {
  @ApiProperty({ example: 'docs' })
  documentation: string;

  @ApiProperty({ example: 'docs/errors' })
  errors: string;

  @ApiProperty({ example: 'docs/guides' })
  guides: string;

  @ApiProperty({ example: 'openapi.json' })
  description: string;

  @ApiProperty({ example: 'health/live' })
  live: string;

  @ApiProperty({ example: 'health/ready' })
  ready: string;

  @ApiPropertyOptional({ description: 'Absent where the console is switched off', example: 'console' })
  console?: string;

  @ApiPropertyOptional({
    description: 'The pages of the sandbox bank; absent where the bank is a real one',
    example: 'http://127.0.0.1:8080/',
  })
  sandbox?: string;
}

export class FrontPageView {
  @ApiProperty({ enum: ['consent-hub'] })
  service: 'consent-hub';

  @ApiProperty({ type: BrandStatusesView })
  brands: Record<Brand, BrandStatusView>;

  @ApiProperty({ type: FrontPageLinks, description: 'Relative to this address' })
  links: FrontPageLinks;
}
