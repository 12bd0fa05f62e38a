import { PERMISSIONS, REQUEST_ID_PATTERN } from '@consent-hub/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { API_TEXT, TAG_TEXTS } from './api-text.js';
import type { ApiDocument, Operation, Response, Responses, Schema } from './document-types.js';
import { problemResponses, PROBLEM_SCHEMA } from './problem-responses.js';
import { allProblemsOf, problemsOfNoRoute, describedRoutes, type DescribedRoute } from './route-problems.js';
import { describeEvents } from './event-webhooks.js';
import { addSuccessExamples, exampleOf } from './success-examples.js';

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
      summary: 'Pages to read: the calls with samples, the errors, the guides',
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

const REQUEST_ID = {
  type: 'string',
  pattern: REQUEST_ID_PATTERN.source,
  example: 'order-17',
};

const HEADERS = {
  RequestId: {
    description: 'The `X-Request-Id` of the request, or a new one in its place. The log holds it.',
    required: true,
    schema: REQUEST_ID,
  },
  RetryAfter: {
    description: 'Whole seconds after which it is worth trying again.',
    schema: { type: 'integer', minimum: 0, example: 5 },
  },
  WWWAuthenticate: {
    description: 'The challenge of RFC 6750, section 3.',
    required: true,
    schema: { type: 'string', example: 'Bearer realm="consent-hub"' },
  },
  InsufficientScope: {
    description:
      'With `permission_missing`: the challenge of RFC 6750, section 3.1, with the permission as its scope.',
    schema: {
      type: 'string',
      example: 'Bearer realm="consent-hub", error="insufficient_scope", scope="tokens:read"',
    },
  },
  Allow: {
    description: 'The methods of the path.',
    required: true,
    schema: { type: 'string', example: 'GET, HEAD' },
  },
};

const PARAMETERS = {
  RequestId: {
    name: 'X-Request-Id',
    in: 'header',
    description:
      'Your own name of the request, for finding it in the log. One that does not fit is replaced.',
    schema: REQUEST_ID,
  },
  ConsentId: {
    name: 'id',
    in: 'path',
    required: true,
    description: 'Id of a consent.',
    schema: { type: 'string', format: 'uuid', example: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70' },
  },
};

/** The description of the API: what Swagger reads from the decorators, and what all routes have in common. */
export function apiDocument(app: NestFastifyApplication): ApiDocument {
  const document = SwaggerModule.createDocument(app, configuration()) as object as ApiDocument;
  const { components = {}, paths } = document;
  const schemas: Readonly<Record<string, Schema>> = { ...components.schemas, ...PROBLEM_SCHEMA };
  const responses = outside();
  for (const route of describedRoutes(app)) {
    const operation = paths[route.path]?.[route.method];
    if (operation) complete(operation, route, schemas);
  }
  const events = describeEvents(schemas, (name) => exampleOf(schemas[name] ?? {}, schemas) as object);
  return {
    ...document,
    paths: { ...paths, ...PAGE_PATHS },
    webhooks: events.webhooks,
    components: {
      ...components,
      schemas: { ...schemas, ...events.schemas },
      headers: HEADERS,
      parameters: PARAMETERS,
      responses,
    },
    'x-outside-operations': Object.fromEntries(
      Object.keys(responses).map((status) => [status, { $ref: `#/components/responses/${status}` }]),
    ),
  };
}

/** How the hub answers what leads to no route, by status. */
const outside = (): Responses => withRequestId(problemResponses(problemsOfNoRoute()));

function configuration(): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Consent Hub')
    .setDescription(API_TEXT)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'ch_…',
      description: `The key of an API client, which holds some of the permissions ${PERMISSIONS.map((each) => `\`${each}\``).join(', ')}.`,
    });
  for (const [tag, text] of Object.entries(TAG_TEXTS)) builder.addTag(tag, text);
  return builder.build();
}

function complete(
  operation: Operation,
  route: DescribedRoute,
  schemas: NonNullable<NonNullable<ApiDocument['components']>['schemas']>,
): void {
  const permission = route.access === 'public' ? undefined : route.access;
  // OpenAPI 3.1 lets a bearer scheme name the roles that are required.
  operation.security = permission ? [{ bearer: [permission] }] : [];
  if (permission) operation['x-required-permission'] = permission;
  operation.parameters = [
    ...(operation.parameters ?? []).map((parameter) =>
      parameter.name === 'id' && parameter.in === 'path'
        ? { $ref: '#/components/parameters/ConsentId' }
        : parameter,
    ),
    { $ref: '#/components/parameters/RequestId' },
  ];
  addSuccessExamples(operation, schemas);
  operation.responses = withRequestId(merged(operation.responses, problemResponses(allProblemsOf(route))));
}

/** An answer of one status may be a page or a problem. */
const merged = (own: Responses, problems: Responses): Responses => ({
  ...own,
  ...mapped(problems, (problem, status) => {
    const page = own[status];
    if (!page) return problem;
    return {
      description: `${page.description}\n\n${problem.description}`,
      headers: { ...problem.headers, ...page.headers },
      content: { ...page.content, ...problem.content },
    };
  }),
});

const withRequestId = (responses: Responses): Responses =>
  mapped(responses, (response) => ({
    ...response,
    headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' }, ...response.headers },
  }));

const mapped = (responses: Responses, change: (response: Response, status: string) => Response): Responses =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, change(response, status)]),
  );
