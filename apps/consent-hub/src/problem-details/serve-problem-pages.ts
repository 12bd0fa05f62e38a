import { createHash } from 'node:crypto';
import { Problem, PROBLEM_PAGES_PATH } from '@consent-hub/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ROUTE_NOT_FOUND } from './http-problems.js';
import { PROBLEM_GUIDE, type ProblemGuide, type Retry } from './problem-guide.js';

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}dt{font-weight:600}dd{margin:0 0 1rem}';

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const RETRY_TEXTS: Readonly<Record<Retry, string>> = {
  no: 'No: the same request is refused again.',
  after_change: 'Only after what is described above has changed.',
  yes: 'Yes: the same request, after Retry-After where the answer has it, else after some seconds.',
};

/** Serves the page that the `type` of a problem leads to, and a list of all, to anyone. */
export function serveProblemPages(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY };
  const pages = new Map(Object.entries(PROBLEM_GUIDE).map(([code, guide]) => [code, pageOf(code, guide)]));
  const list = listOf([...pages.keys()].sort());
  server.get(PROBLEM_PAGES_PATH, (_request, reply) => reply.headers(headers).send(list));
  server.get<{ Params: { code: string } }>(`${PROBLEM_PAGES_PATH}/:code`, async (request, reply) => {
    const page = pages.get(request.params.code);
    if (page === undefined) throw new Problem(ROUTE_NOT_FOUND);
    return reply.headers(headers).send(page);
  });
}

/** The texts are the hub's own and hold nothing of a request. */
const pageOf = (code: string, { meaning, action, retry }: ProblemGuide): string =>
  htmlOf(
    code,
    `<dl><dt>What it means</dt><dd>${escaped(meaning)}</dd><dt>What to do</dt><dd>${escaped(action)}</dd>` +
      `<dt>Does it help to try again?</dt><dd>${RETRY_TEXTS[retry]}</dd></dl><p><a href="../problems">All codes</a></p>`,
  );

const listOf = (codes: readonly string[]): string =>
  htmlOf(
    'Problems',
    `<ul>${codes.map((code) => `<li><a href="problems/${code}"><code>${code}</code></a></li>`).join('')}</ul>`,
  );

const htmlOf = (title: string, content: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
  `<title>${title} – Consent Hub</title><style>${STYLE}</style></head><body><main><h1>${title}</h1>${content}</main></body></html>\n`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
