import {
  Body,
  Controller,
  createParamDecorator,
  Post,
  Query,
  Res,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BankProblems } from '@consent-hub/bank-client';
import {
  CurrentTracedCaller,
  INVALID_INPUT,
  NoQuery,
  Problem,
  Problems,
  Requires,
  type TracedCaller,
} from '@consent-hub/platform';
import { EXAMPLE_BRAND } from '@consent-hub/psd2-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONSENT_LOCATION } from '../http-api/consent.view.js';
import { RETURN_URL_NOT_ALLOWED } from '../http-api/return-url.js';
import { IdempotentOpeningService } from './idempotent-opening.service.js';
import { OpenConsentRequest } from './open-consent.request.js';
import { OPENED_EXAMPLES, OpenedConsentView } from './opened-consent.view.js';
import { toOpening } from './opening.js';
import {
  IBAN_NOT_ALLOWED,
  IBAN_NOT_OF_BANK,
  IBAN_REQUIRED,
  IDEMPOTENCY_KEY_IN_USE,
  IDEMPOTENCY_KEY_REUSED,
  PAYMENT_NOT_BOUND,
} from './opening.problems.js';

export const IDEMPOTENCY_KEY_LENGTH = 255;
export const IDEMPOTENCY_KEY = new RegExp(`^[\\x21-\\x7e]{1,${IDEMPOTENCY_KEY_LENGTH}}$`);

/**
 * The header `Idempotency-Key`, or undefined. One that came twice arrives joined by a comma and a space, and is refused for
 * the space: a Problem 400.
 */
export const GivenIdempotencyKey = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | undefined => {
    const value = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
    if (value === undefined || (typeof value === 'string' && IDEMPOTENCY_KEY.test(value))) return value;
    const detail = `must be 1 to ${IDEMPOTENCY_KEY_LENGTH} visible ASCII characters without spaces`;
    throw new Problem({
      ...INVALID_INPUT,
      detail: `The header Idempotency-Key ${detail}.`,
      errors: [{ field: 'Idempotency-Key', detail }],
    });
  },
);

const IDEMPOTENT_REPLAYED = 'Idempotent-Replayed';

@ApiTags('consents')
@Controller('v1/consents')
export class ConsentOpeningController {
  constructor(private readonly openings: IdempotentOpeningService) {}

  @Post()
  @Requires('consents:write')
  @Problems(IBAN_REQUIRED, IBAN_NOT_ALLOWED, IBAN_NOT_OF_BANK, RETURN_URL_NOT_ALLOWED, PAYMENT_NOT_BOUND)
  @Problems(IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_IN_USE)
  @BankProblems()
  @ApiOperation({
    operationId: 'openConsent',
    summary: 'Open a consent',
    description:
      'Asks the bank where to send the PSU (AIS, CAF), or prepares a payment initiation of your own (PIS). An older link of ' +
      'the same person, brand and scope that still waits is replaced; a live consent keeps serving until this one is completed.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'Yours, of visible ASCII characters. For a day the same key and body give the same answer, also to calls at the same time.',
    schema: {
      type: 'string',
      minLength: 1,
      maxLength: IDEMPOTENCY_KEY_LENGTH,
      pattern: IDEMPOTENCY_KEY.source,
      example: 'order-17',
    },
  })
  @ApiBody({
    type: OpenConsentRequest,
    examples: {
      AIS: { value: { scope: 'AIS', brand: EXAMPLE_BRAND, psu_ref: 'customer-4711', language: 'fr' } },
      CAF: {
        value: { scope: 'CAF', brand: EXAMPLE_BRAND, psu_ref: 'customer-4711', iban: 'BE83063154780915' },
      },
      PIS: { value: { scope: 'PIS', brand: EXAMPLE_BRAND, psu_ref: 'customer-4711' } },
    },
  })
  @ApiCreatedResponse({
    type: OpenedConsentView,
    examples: OPENED_EXAMPLES,
    description: 'The consent, and the way to the bank',
    headers: {
      ...CONSENT_LOCATION,
      [IDEMPOTENT_REPLAYED]: {
        description:
          'The answer is that of an earlier request with the same `Idempotency-Key`; absent otherwise.',
        schema: { type: 'string', enum: ['true'] },
      },
    },
  })
  async open(
    @CurrentTracedCaller() opener: TracedCaller,
    @Body() request: OpenConsentRequest,
    @Query() _query: NoQuery,
    @GivenIdempotencyKey() idempotencyKey: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OpenedConsentView> {
    const opening = toOpening(opener.caller, request);
    const { view, isReplay } = await this.openings.open(opener, opening, idempotencyKey);
    void reply.header('location', `/v1/consents/${view.id}`);
    if (isReplay) void reply.header(IDEMPOTENT_REPLAYED, 'true');
    return view;
  }
}
