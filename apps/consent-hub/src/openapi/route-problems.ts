import {
  accessOf,
  INVALID_INPUT,
  problemsOf,
  type Permission,
  type ProblemKind,
  type RouteProblem,
} from '@consent-hub/platform';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  API_KEY_EXPIRED,
  API_KEY_INVALID,
  API_KEY_MISSING,
  API_KEY_REVOKED,
  PERMISSION_MISSING,
  RATE_LIMITED,
} from '../api-client/api-key.problems.js';
import { PATH_TOO_LONG, PATH_UNREADABLE } from '../http-server/create-adapter.js';
import { MALFORMED_JSON } from '../http-server/json-body.js';
import { METHOD_NOT_ALLOWED } from '../http-server/method-check.js';
import { UNREADABLE_PROBLEMS } from '../http-server/unreadable-request.handler.js';
import { BANK_PROBLEMS } from '../problem-details/bank-problems.js';
import { CONSENT_PROBLEMS } from '../problem-details/consent-problems.js';
import { DATABASE_UNAVAILABLE } from '../problem-details/database-problems.js';
import { FASTIFY_PROBLEMS, ROUTE_NOT_FOUND } from '../problem-details/http-problems.js';
import { INTERNAL_ERROR } from '../problem-details/problem.filter.js';

/** A route of the app, with what its decorators say in addition to what Swagger reads. */
export interface DescribedRoute {
  /** As OpenAPI writes it: `get`. */
  readonly method: string;
  /** As OpenAPI writes it: `/v1/consents/{id}`. */
  readonly path: string;
  readonly access: Permission | 'public' | undefined;
  readonly problems: readonly RouteProblem[];
}

const scanner = new MetadataScanner();

/** Every route that a controller of the app answers. */
export const describedRoutes = (app: NestFastifyApplication): DescribedRoute[] =>
  [...app.get(ModulesContainer).values()]
    .flatMap(({ controllers }) => [...controllers.values()])
    .flatMap(({ metatype }) => (typeof metatype === 'function' ? routesOf(metatype as Type) : []));

const routesOf = (controller: Type): DescribedRoute[] =>
  scanner.getAllMethodNames(controller.prototype as object).flatMap((name) => {
    const handler = (controller.prototype as Record<string, () => unknown>)[name];
    const method = handler && (Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined);
    if (!handler || method === undefined) return [];
    const [folder, path] = [controller, handler].map(
      (on) => Reflect.getMetadata(PATH_METADATA, on) as string,
    );
    return {
      method: RequestMethod[method].toLowerCase(),
      path: toOpenApi(`${folder}/${path}`),
      access: accessOf({ getHandler: () => handler, getClass: <T>() => controller as Type<T> }),
      problems: problemsOf(handler),
    };
  });

const toOpenApi = (path: string): string =>
  `/${path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => segment.replace(/^:(.+)$/, '{$1}'))
    .join('/')}`;

const TABLES: Readonly<Record<string, Readonly<Record<string, ProblemKind>>>> = {
  bank: BANK_PROBLEMS,
  consent: CONSENT_PROBLEMS,
};

/** Of every route that asks who calls: the guard, the validation of the request, and the lookup in the database. */
const OF_CALLERS: readonly ProblemKind[] = [
  INVALID_INPUT,
  API_KEY_MISSING,
  API_KEY_INVALID,
  API_KEY_REVOKED,
  API_KEY_EXPIRED,
  PERMISSION_MISSING,
  RATE_LIMITED,
  INTERNAL_ERROR,
  DATABASE_UNAVAILABLE,
];
/** Fastify reads a body of DELETE as well, though none is expected. */
const TAKE_BODIES: readonly string[] = ['post', 'patch', 'delete'];
/** A body is read before the route is asked whether it wants one. */
const OF_BODIES: readonly ProblemKind[] = [MALFORMED_JSON, ...Object.values(FASTIFY_PROBLEMS)];
const OF_PARAMETERS: readonly ProblemKind[] = [PATH_UNREADABLE, PATH_TOO_LONG];

/** How a request is refused that leads to no route. Its body is read all the same. */
export const problemsOfNoRoute = (): ProblemKind[] =>
  distinct([...OF_PARAMETERS, ...OF_BODIES, ...UNREADABLE_PROBLEMS, ROUTE_NOT_FOUND, METHOD_NOT_ALLOWED]);

/** All ways in which a route can fail that end in a problem, by status and code. */
export const allProblemsOf = ({ method, path, access, problems }: DescribedRoute): ProblemKind[] =>
  distinct([
    ...(access === 'public' ? [] : OF_CALLERS),
    ...(TAKE_BODIES.includes(method) ? OF_BODIES : []),
    ...(path.includes('{') ? OF_PARAMETERS : []),
    ...problems.map(kindOf),
  ]);

/** Two errors may have the same answer. */
const distinct = (kinds: readonly ProblemKind[]): ProblemKind[] =>
  [...new Map(kinds.map((kind) => [kind.code, kind])).values()].sort(
    (a, b) => a.status - b.status || (a.code < b.code ? -1 : 1),
  );

function kindOf(problem: RouteProblem): ProblemKind {
  if ('status' in problem) return problem;
  const kind = TABLES[problem.library]?.[problem.code];
  if (!kind) throw new Error(`no table says how ${problem.library} ${problem.code} is answered`);
  return kind;
}
