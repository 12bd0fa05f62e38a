import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { INVALID_INPUT, Problem } from '@consent-hub/platform';
import type { FastifyRequest } from 'fastify';

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
