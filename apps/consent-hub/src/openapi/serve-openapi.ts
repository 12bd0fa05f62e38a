import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_SCHEMA } from './problem.schema.js';

const DESCRIPTION = `Opens PSD2 consents at Belfius and Banx, keeps their tokens fresh, and hands out access tokens.

Every call needs the key of an API client: \`Authorization: Bearer ch_...\`. Errors are \`application/problem+json\`
(RFC 9457); programs decide by their \`code\`. Send \`X-Request-Id\` to find your call in the log; the answer repeats it.`;

/** What the page loads, and nothing from elsewhere. Swagger UI sets styles from its script. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Consent Hub API</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const START_SCRIPT = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true });\n`;

const ASSETS = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
} as const;

/** Serves the API's description at `/openapi.json` and a page to read and try it at `/docs`, both to anyone. */
export function serveOpenApi(app: NestFastifyApplication): void {
  const document = JSON.stringify(describe(app));
  const server = app.getHttpAdapter().getInstance();
  server.get('/openapi.json', (_request, reply) => reply.type('application/json').send(document));
  server.get('/docs', (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY).send(PAGE),
  );
  server.get('/docs/start.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(START_SCRIPT),
  );
  const folder = swaggerUiFolder();
  for (const [name, type] of Object.entries(ASSETS)) {
    server.get(`/docs/${name}`, (_request, reply) =>
      reply
        .type(type)
        .header('cache-control', 'public, max-age=86400')
        .send(createReadStream(join(folder, name))),
    );
  }
}

const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

function describe(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Consent Hub')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'ch_…', description: 'The key of an API client' },
      'bearer',
    )
    .addGlobalResponse(
      {
        status: 429,
        description: '`rate_limited`: this API client calls more often than it may. Nothing was done.',
        headers: {
          'Retry-After': {
            description: 'Seconds after which it is served again',
            schema: { type: 'integer' },
          },
        },
        content: PROBLEM,
      },
      { status: 'default', description: 'The call did not succeed', content: PROBLEM },
    )
    .build();
  const document = SwaggerModule.createDocument(app, config);
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...PROBLEM_SCHEMA },
  };
  return document;
}

/** The page's files come with @nestjs/swagger, so they are looked for where that package finds them. */
function swaggerUiFolder(): string {
  const swagger = createRequire(import.meta.url).resolve('@nestjs/swagger');
  return dirname(createRequire(swagger).resolve('swagger-ui-dist/package.json'));
}
