import { createReadStream } from 'node:fs';
import { PageBrand, Problem, PROBLEM_PAGES_PATH } from '@consent-hub/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { ROUTE_NOT_FOUND } from '../../problem-details/http-problems.js';
import type { ProblemGuide } from '../../problem-details/guide.js';
import { PROBLEM_GUIDE } from '../../problem-details/problem-guide.js';
import type { ApiDocument } from '../document-types.js';
import { callsOf } from './call.js';
import { DOCUMENTATION_STYLE } from './documentation-style.js';
import { renderErrors, renderProblem, type CodeSource } from './errors.page.js';
import { renderGuide, renderGuides } from './guide.page.js';
import { Guides } from './guides.js';
import { renderReference } from './reference.page.js';

/** Serves the pages for developers at `/docs` to anyone: the reference, the errors, the guides. None of them has a script. */
export function serveDocumentation(app: NestFastifyApplication, document: ApiDocument): void {
  const server = app.getHttpAdapter().getInstance();
  const brand = app.get(PageBrand);
  const type = 'text/html; charset=utf-8';
  const headers = {
    'content-type': type,
    'content-security-policy': brand.policyOf(DOCUMENTATION_STYLE),
  };
  const guideHeaders = {
    'content-type': type,
    'content-security-policy': brand.policyOf(DOCUMENTATION_STYLE, true),
  };
  const page = (path: string, render: () => string): void => {
    const html = once(render);
    server.get(path, (_request, reply) => reply.headers(headers).send(html()));
  };
  const found = (reply: FastifyReply, html: string | undefined, its = headers): FastifyReply => {
    if (html === undefined) throw new Problem(ROUTE_NOT_FOUND);
    return reply.headers(its).send(html);
  };
  const guides = new Guides();
  const problems = new Map<string, ProblemGuide>(Object.entries(PROBLEM_GUIDE));
  const sources = once(() => sourcesOf(document));

  page('/docs', () => renderReference(document, brand));
  page('/docs/errors', () => renderErrors(brand));
  page('/docs/guides', () => renderGuides(guides, brand));
  server.get(PROBLEM_PAGES_PATH, (_request, reply) => reply.redirect('errors', 301));
  server.get<{ Params: { code: string } }>(`${PROBLEM_PAGES_PATH}/:code`, async (request, reply) => {
    const { code } = request.params;
    const guide = problems.get(code);
    return found(reply, guide && renderProblem(code, guide, sources(), brand));
  });
  server.get<{ Params: { name: string } }>('/docs/guides/images/:name', async (request, reply) => {
    const file = guides.findImage(request.params.name);
    if (file === undefined) throw new Problem(ROUTE_NOT_FOUND);
    return reply.type('image/webp').send(createReadStream(file));
  });
  server.get<{ Params: { '*': string } }>('/docs/guides/*', async (request, reply) => {
    const guide = guides.find(request.params['*']);
    return found(reply, guide && renderGuide(guides, guide, brand), guideHeaders);
  });
}

/** Pages are the same as long as the process runs. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function sourcesOf(document: ApiDocument): Map<string, CodeSource[]> {
  const sources = new Map<string, CodeSource[]>();
  for (const { id, method, path, operation } of callsOf(document)) {
    for (const { content } of Object.values(operation.responses)) {
      for (const code of Object.keys(content?.['application/problem+json']?.examples ?? {})) {
        const source = { text: `${method.toUpperCase()} ${path}`, href: `#${id}` };
        sources.set(code, [...(sources.get(code) ?? []), source]);
      }
    }
  }
  return sources;
}
