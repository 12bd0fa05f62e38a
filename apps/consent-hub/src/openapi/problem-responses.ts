import { Problem, ProblemWriter, type ProblemKind } from '@consent-hub/platform';
import type { Response, Responses } from './document-types.js';
import { PROBLEM_EXAMPLES } from './problem.schema.js';

const ref = (name: string) => ({ $ref: `#/components/headers/${name}` });

/** By status, and for some codes apart from the others of their status. */
const HEADERS: Readonly<Record<string | number, Readonly<Record<string, ReturnType<typeof ref>>>>> = {
  401: { 'WWW-Authenticate': ref('WWWAuthenticate') },
  405: { Allow: ref('Allow') },
  429: { 'Retry-After': ref('RetryAfter') },
  503: { 'Retry-After': ref('RetryAfter') },
  permission_missing: { 'WWW-Authenticate': ref('InsufficientScope') },
  idempotency_key_in_use: { 'Retry-After': ref('RetryAfter') },
};

/** The answers to these problems, one a status: which codes it may have, with an example of each. */
export function problemResponses(kinds: readonly ProblemKind[]): Responses {
  const statuses = new Set(kinds.map(({ status }) => status));
  return Object.fromEntries(
    [...statuses].map((status) => [
      String(status),
      responseOf(
        status,
        kinds.filter((kind) => kind.status === status),
      ),
    ]),
  );
}

const responseOf = (status: number, kinds: readonly ProblemKind[]): Response => ({
  description: kinds.map(({ code, detail }) => `\`${code}\`: ${detail}`).join('\n\n'),
  headers: [status, ...kinds.map(({ code }) => code)].reduce(
    (headers, key) => ({ ...headers, ...HEADERS[key] }),
    {},
  ),
  content: {
    'application/problem+json': {
      schema: {
        allOf: [{ $ref: '#/components/schemas/Problem' }],
        properties: {
          status: { type: 'integer', enum: [status] },
          code: { type: 'string', enum: kinds.map(({ code }) => code) },
        },
      },
      examples: Object.fromEntries(kinds.map((kind) => [kind.code, { value: exampleOf(kind) }])),
    },
  },
});

const writer = new ProblemWriter('https://hub.example');

const exampleOf = (kind: ProblemKind): object => {
  const problem = new Problem({ ...kind, ...PROBLEM_EXAMPLES[kind.code] });
  return JSON.parse(writer.bodyOf(problem, 'order-17').toString()) as object;
};
