import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { apiDocument } from './api-document.js';
import { serveDocumentation } from './pages/serve-documentation.js';

/** Serves the API's description at `/openapi.json` and as pages at `/docs`, both to anyone. */
export function serveOpenApi(app: NestFastifyApplication): void {
  const document = apiDocument(app);
  const text = JSON.stringify(document);
  const server = app.getHttpAdapter().getInstance();
  server.get('/openapi.json', (_request, reply) => reply.type('application/json').send(text));
  serveDocumentation(app, document);
}
