import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** RFC 9457 problem details as this API writes them. */
export const PROBLEM_SCHEMA: Schemas = {
  Problem: {
    type: 'object',
    description:
      'Why the call did not succeed (RFC 9457). Some problems have members of their own beside these.',
    required: ['type', 'title', 'status', 'code', 'detail'],
    properties: {
      type: { type: 'string', example: 'about:blank' },
      title: { type: 'string', example: 'invalid input' },
      status: { type: 'integer', example: 400 },
      code: { type: 'string', description: 'Stable; programs decide by it.', example: 'invalid_input' },
      detail: { type: 'string', description: 'One sentence for people.' },
      errors: {
        type: 'array',
        description: 'What cannot be accepted, and where it stands.',
        items: {
          type: 'object',
          required: ['field', 'detail'],
          properties: { field: { type: 'string' }, detail: { type: 'string' } },
        },
      },
      bank: {
        type: 'object',
        description: 'The words of the bank, where it said no.',
        required: ['error', 'error_code'],
        properties: { error: { type: 'string' }, error_code: { type: 'string' } },
      },
      state: { type: 'string', description: 'With `consent_not_live`: where the consent stands.' },
      reason: {
        type: 'string',
        nullable: true,
        description: 'With `consent_not_live`: why it stands there.',
      },
      action: {
        type: 'string',
        enum: ['wait_for_psu', 'wait_for_exchange', 'retry', 'use_successor', 'open_consent'],
        description: 'With `consent_not_live`: what can be done about it.',
      },
      permission: { type: 'string', description: 'With `permission_missing`: the one that is missing.' },
      request_id: { type: 'string', description: 'The X-Request-Id under which the log holds the reason.' },
    },
  },
};
