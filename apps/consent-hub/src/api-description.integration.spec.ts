import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createTestDatabase, hubEnvironment, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { createHub } from './bootstrap.js';
import type { ApiDocument, Operation } from './openapi/document-types.js';
import { BANK_PROBLEMS } from './problem-details/bank-problems.js';
import { CONSENT_PROBLEMS } from './problem-details/consent-problems.js';
import { PROBLEM_GUIDE } from './problem-details/problem-guide.js';

/** Beyond what Redocly recommends; each that is switched off says why. */
const RULES = {
  'operation-description': 'off', // Where the summary says it all.
  'parameter-description': 'error',
  'tag-description': 'error',
  'operation-operationId': 'error',
  'no-unused-components': 'off', // Answers outside of all operations are described by an extension.
  'operation-2xx-response': 'off', // A spec below counts an answer that leads on as well.
  'operation-4xx-response': 'off', // A spec below wants exactly those that each can give.
} as const;

/** Answers that no caller of the API gets to see as such. */
const UNDESCRIBED_CODES = new Set([
  // For a route that does not say who may call it; there is none.
  'route_closed',
  // For exceptions of frameworks that nothing here throws.
  ...['unauthorized', 'forbidden', 'not_found', 'service_unavailable'],
  // To browsers, as a page.
  'prefetch_refused',
]);

let database: TestDatabase;
let app: NestFastifyApplication;
let text: string;
let document: ApiDocument;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await createHub(hubEnvironment(database.url), {
    bankClient: new ScriptedBank(),
    logDestination: { write: () => undefined },
  });
  text = (await app.inject({ method: 'GET', url: '/openapi.json' })).body;
  document = JSON.parse(text) as ApiDocument;
}, 30_000);
afterAll(async () => {
  await app.close();
  await database.drop();
});

const operations = (): [name: string, operation: Operation][] =>
  Object.entries(document.paths).flatMap(([url, item]) =>
    Object.entries(item).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${url}`,
      operation,
    ]),
  );

interface ProblemMedia {
  readonly schema: { readonly properties: { readonly code: { readonly enum: string[] } } };
  readonly examples: Readonly<Record<string, { readonly value: { readonly code: string } }>>;
}
const problemOf = (operation: Operation, status: string): ProblemMedia | undefined =>
  operation.responses[status]?.content?.['application/problem+json'] as ProblemMedia | undefined;
const codesOf = (operation: Operation): string[] =>
  Object.keys(operation.responses).flatMap(
    (status) => problemOf(operation, status)?.schema.properties.code.enum ?? [],
  );

describe('the description of the API', () => {
  it('is OpenAPI 3.1 without a fault that the linter finds, its examples included', async () => {
    expect(document).toMatchObject({ openapi: '3.1.0' });
    const config = await createConfig({ extends: ['recommended-strict'], rules: RULES });
    const problems = await lintFromString({ source: text, absoluteRef: '/openapi.json', config });
    expect(
      problems.map(({ ruleId, message, location }) => `${location[0]?.pointer} ${ruleId}: ${message}`),
    ).toEqual([]);
  });

  it('names every route that the hub answers, and no other', () => {
    // Files of the page with the description; and pages and forms for people, which are no calls of the API.
    const page = /^\/(?:docs\/|my(?:\/|$)|console(?:\/|$))/;
    const served = servedRoutes(app).filter((route) => !page.test(route.split(' ')[1] ?? ''));
    expect(
      operations()
        .map(([name]) => name)
        .sort(),
    ).toEqual(served);
  });

  it('says of every call that needs a key which permission, and how callers are refused', () => {
    const forCallers = operations().filter(([name]) => name.includes(' /v1/'));
    expect(forCallers).not.toEqual([]);
    for (const [name, operation] of forCallers) {
      const permission = operation['x-required-permission'];
      expect([name, operation.security]).toEqual([name, [{ bearer: [permission] }]]);
      expect([name, codesOf(operation)]).toEqual([
        name,
        expect.arrayContaining([
          ...['invalid_input', 'api_key_missing', 'api_key_invalid', 'api_key_revoked', 'api_key_expired'],
          ...['permission_missing', 'rate_limited', 'internal_error', 'database_unavailable'],
        ]),
      ]);
      expect(operation.responses['429']?.headers).toHaveProperty('Retry-After');
      expect(operation.responses['401']?.headers).toHaveProperty('WWW-Authenticate');
    }
  });

  it('says of every operation what it answers when all is well', () => {
    for (const [name, { responses }] of operations())
      expect([name, Object.keys(responses)]).toEqual([
        name,
        expect.arrayContaining([expect.stringMatching(/^[23]\d\d$/)]),
      ]);
  });

  it('says of every call whose body is read how an unreadable one is refused, and of no other', () => {
    for (const [name, operation] of operations()) {
      const statuses = Object.keys(operation.responses).filter((status) => ['413', '415'].includes(status));
      expect([name, statuses]).toEqual([name, /^(?:POST|PATCH|DELETE) /.test(name) ? ['413', '415'] : []]);
    }
  });

  it('shows an example of every code, and of no other', () => {
    for (const [name, operation] of operations()) {
      for (const status of Object.keys(operation.responses)) {
        const problem = problemOf(operation, status);
        if (!problem) continue;
        const shown = Object.entries(problem.examples).map(([code, { value }]) => [code, value.code]);
        expect([name, shown]).toEqual([
          name,
          problem.schema.properties.code.enum.map((code) => [code, code]),
        ]);
      }
    }
  });

  it('shows a body of every request and of every success', () => {
    for (const [name, { requestBody, responses }] of operations()) {
      for (const { content = {} } of [requestBody ?? {}, ...Object.values(responses)]) {
        for (const media of Object.values(content)) {
          expect([name, 'example' in media || 'examples' in media]).toEqual([name, true]);
        }
      }
    }
  });

  it('names the request id in every answer', () => {
    for (const [name, { responses }] of operations()) {
      for (const { headers } of Object.values(responses)) {
        expect([name, headers]).toEqual([
          name,
          expect.objectContaining({ 'X-Request-Id': expect.anything() }),
        ]);
      }
    }
  });

  const describedCodes = () =>
    new Set([...operations().flatMap(([, operation]) => codesOf(operation)), ...outsideCodes()]);
  const codesOfTheHub = () => {
    const tables = [...Object.values(BANK_PROBLEMS), ...Object.values(CONSENT_PROBLEMS)];
    return [...tables.map(({ code }) => code), ...codesInSource()];
  };

  it('knows every code that the source can answer with', () => {
    const described = describedCodes();
    const known = codesOfTheHub();
    expect(known.length).toBeGreaterThan(30);
    expect(known.filter((code) => !described.has(code) && !UNDESCRIBED_CODES.has(code))).toEqual([]);
  });

  it('explains every code that the hub can answer with, and no other', () => {
    const codes = new Set([...describedCodes(), ...codesOfTheHub()]);
    expect(Object.keys(PROBLEM_GUIDE).sort()).toEqual([...codes].sort());
  });

  it('serves the page that the type of each problem leads to, and a list of all with an anchor for each', async () => {
    const moved = await app.inject({ method: 'GET', url: '/docs/problems' });
    expect([moved.statusCode, moved.headers.location]).toEqual([301, 'errors']);
    const list = await app.inject({ method: 'GET', url: '/docs/errors' });
    for (const code of Object.keys(PROBLEM_GUIDE)) {
      const page = await app.inject({ method: 'GET', url: `/docs/problems/${code}` });
      expect([code, page.statusCode, page.headers['content-type']]).toEqual([
        code,
        200,
        'text/html; charset=utf-8',
      ]);
      for (const text of [code, 'What it means', 'What to do', 'Does it help to try again?'])
        expect(page.body).toContain(text);
      expect(page.body).toContain(`href="../errors#${code}"`);
      expect(list.body).toContain(`id="${code}"`);
      expect(list.body).toContain(`href="problems/${code}"`);
    }
  });

  it('gives every problem the address of its page, also the one of a page that is not there', async () => {
    const answer = await app.inject({ method: 'GET', url: '/docs/problems/no_such_code' });
    const { type, ...problem } = answer.json<{ type: string; request_id: string }>();
    expect(problem).toMatchObject({ status: 404, code: 'route_not_found' });
    expect(problem.request_id).toBe(answer.headers['x-request-id']);
    const page = await app.inject({ method: 'GET', url: new URL(type).pathname });
    expect([page.statusCode, page.body]).toEqual([200, expect.stringContaining('route_not_found')]);
  });
});

/** As Fastify prints them, so that one that no controller makes is among them. HEAD comes with every GET. */
function servedRoutes(hub: NestFastifyApplication): string[] {
  const parts: string[] = [];
  const routes: string[] = [];
  for (const line of hub.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', url, methods = ''] = /^([│ ]*)[├└]── (\S+)(?: \((.*)\))?$/.exec(line) ?? [];
    if (url === undefined) continue;
    const depth = indent.length / 4;
    parts.splice(depth, parts.length, url);
    const whole = parts
      .slice(0, depth + 1)
      .join('')
      .replaceAll(/:(\w+)/g, '{$1}');
    for (const method of methods.split(', ').filter((each) => !['', 'HEAD'].includes(each))) {
      routes.push(`${method} ${whole}`);
    }
  }
  return routes.sort();
}

const outsideCodes = (): string[] =>
  Object.values(document.components?.['responses'] ?? {}).flatMap(
    (response: { content: Record<string, ProblemMedia> }) =>
      response.content['application/problem+json']?.schema.properties.code.enum ?? [],
  );

/** Rows that say status and code, at any place. */
function codesInSource(): string[] {
  const folders = [import.meta.dirname, path.join(import.meta.dirname, '../../../libs/platform/src')];
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .map((file) => readFileSync(path.join(folder, file), 'utf8'))
      .flatMap((source) => [...source.matchAll(/status: \d{3},\s*code: '(\w+)'/g)])
      .map(([, code = '']) => code),
  );
}
