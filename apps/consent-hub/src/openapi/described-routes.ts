import { accessOf, problemsOf, type Permission, type RouteProblem } from '@consent-hub/platform';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** A route of the app, with what its decorators say beside what Swagger reads. */
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
