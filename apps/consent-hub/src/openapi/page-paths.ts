import type { ApiDocument } from './document-types.js';

const headers = { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } };
const parameters = [{ $ref: '#/components/parameters/RequestId' }];

/** The description's own paths, which no controller answers. */
export const PAGE_PATHS: ApiDocument['paths'] = {
  '/openapi.json': {
    get: {
      operationId: 'getDescription',
      summary: 'This description',
      tags: ['description'],
      security: [],
      parameters,
      responses: {
        '200': {
          description: 'OpenAPI 3.1',
          headers,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['openapi', 'paths'],
                properties: { openapi: { type: 'string', pattern: '^3\\.1\\.' }, paths: { type: 'object' } },
                additionalProperties: true,
              },
              example: { openapi: '3.1.0', paths: {} },
            },
          },
        },
      },
    },
  },
  '/docs': {
    get: {
      operationId: 'readDescription',
      summary: 'A page to read this description and to try it',
      tags: ['description'],
      security: [],
      parameters,
      responses: {
        '200': {
          description: 'The page',
          headers,
          content: { 'text/html': { schema: { type: 'string' }, example: '<!doctype html>' } },
        },
      },
    },
  },
};
