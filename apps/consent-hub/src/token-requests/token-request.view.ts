import { ApiProperty } from '@nestjs/swagger';
import { BRANDS, type Brand, type GrantType } from '@consent-hub/psd2-protocol';
import {
  TOKEN_REQUEST_STATUSES,
  type FoundTokenRequest,
  type ReparsedAnswer,
  type TokenRequestPage,
} from '@consent-hub/token-grant';

const GRANT_TYPES = ['authorization_code', 'refresh_token'] as const satisfies readonly GrantType[];
const RESULTS = [
  'committed',
  'overtaken',
  'in_doubt',
  'unreadable',
  'failed',
] as const satisfies readonly ReparsedAnswer['result'][];

export class TokenRequestView {
  @ApiProperty({ format: 'uuid', description: 'Its id here; newer ones are greater' })
  id: string;

  @ApiProperty({ format: 'uuid', description: 'The consent whose tokens it is about' })
  consent_id: string;

  @ApiProperty({ enum: BRANDS })
  brand: Brand;

  @ApiProperty({ enum: GRANT_TYPES, description: 'Exchange of a code, or refresh', example: 'refresh_token' })
  grant_type: GrantType;

  @ApiProperty({
    enum: TOKEN_REQUEST_STATUSES,
    description: [
      'The result:',
      '- `sent`: under way, or its process ended',
      '- `received`: the bank granted something that cannot be read; the sealed answer is kept',
      '- `in_doubt`: its answer was lost; the bank may have acted',
      '- `committed`: the pair is stored',
      '- `refused`: the bank refused',
      '- `not_sent`: nothing happened at the bank',
      '- `probed`: was in doubt, and a later request asked in its place',
      '- `overtaken`: granted, but the consent had ended or been renewed in the meantime',
    ].join('\n'),
    example: 'committed',
  })
  status: FoundTokenRequest['status'];

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Generation of the pair that it spends; 0 for a code',
    example: 1,
  })
  expected_generation: number;

  @ApiProperty({ format: 'uuid', description: 'Its Request-ID at the bank' })
  request_id: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The `X-Request-Id` of the call for which it was made; null where it was scheduled',
    example: 'order-17',
  })
  caller_request_id: string | null;

  @ApiProperty({ description: 'The process of the hub that made it', example: 'hub-1.1767225600000.a1b2c3' })
  owner: string;

  @ApiProperty({ format: 'date-time', description: 'When it was written down, before it was made' })
  sent_at: string;

  @ApiProperty({ format: 'date-time', description: 'Until then it may still be under way' })
  lease_ends_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it ended' })
  settled_at: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Code word of what happened, where it failed',
    example: null,
  })
  outcome: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Of the answer of the bank', example: null })
  http_status: number | null;

  @ApiProperty({ type: String, nullable: true, description: '`error` of the bank', example: null })
  bank_error: string | null;

  @ApiProperty({ type: String, nullable: true, description: '`error_code` of the bank', example: null })
  bank_error_code: string | null;

  @ApiProperty({ description: 'Whether a sealed answer is kept that could not be read', example: false })
  keeps_answer: boolean;
}

export class TokenRequestList {
  @ApiProperty({ type: [TokenRequestView], description: 'Newest first' })
  items: TokenRequestView[];

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'For the next page, as `cursor`; null after the last one',
  })
  next_cursor: string | null;
}

export class ReparsedAnswerView {
  @ApiProperty({ format: 'uuid', description: 'Request-ID of the call that it answers' })
  request_id: string;

  @ApiProperty({ format: 'uuid' })
  consent_id: string;

  @ApiProperty({
    enum: RESULTS,
    description: [
      'The result:',
      '- `committed`: the pair is stored',
      '- `overtaken`: readable, but the consent had ended or been renewed in the meantime',
      '- `in_doubt`: it holds no pair; the next request asks the bank again',
      '- `unreadable`: it stays kept',
      '- `failed`: it could not be opened or written down, and stays kept; the log says why',
    ].join('\n'),
  })
  result: ReparsedAnswer['result'];
}

export class ReparsedAnswerList {
  @ApiProperty({ type: [ReparsedAnswerView] })
  items: ReparsedAnswerView[];
}

export class ResolvedRequestView {
  @ApiProperty({ format: 'uuid', description: 'As in the path' })
  request_id: string;

  @ApiProperty({ format: 'uuid', description: 'The consent whose next request asks the bank again' })
  consent_id: string;

  @ApiProperty({ enum: ['in_doubt'] })
  status: 'in_doubt';
}

export const toTokenRequestList = ({ items, next }: TokenRequestPage): TokenRequestList => ({
  items: items.map(toTokenRequestView),
  next_cursor: next,
});

const toTokenRequestView = (request: FoundTokenRequest): TokenRequestView => ({
  id: request.id,
  consent_id: request.consentId,
  brand: request.brand,
  grant_type: request.grantType,
  status: request.status,
  expected_generation: request.expectedGeneration,
  request_id: request.requestId,
  caller_request_id: request.callerRequestId,
  owner: request.owner,
  sent_at: request.sentAt.toISOString(),
  lease_ends_at: request.leaseEndsAt.toISOString(),
  settled_at: request.settledAt?.toISOString() ?? null,
  outcome: request.outcome,
  http_status: request.httpStatus,
  bank_error: request.bankError,
  bank_error_code: request.bankErrorCode,
  keeps_answer: request.keepsAnswer,
});

export const toReparsedAnswerView = (answer: ReparsedAnswer): ReparsedAnswerView => ({
  request_id: answer.requestId,
  consent_id: answer.consentId,
  result: answer.result,
});
