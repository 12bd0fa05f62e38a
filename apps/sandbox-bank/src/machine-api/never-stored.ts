import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

const MARK = { isNeverStored: true };

/**
 * The answers of this route forbid every cache to keep them. The mark is the route's, not the handler's: a body that
 * cannot be read is refused before any handler is known.
 */
export const NeverStored = (): MethodDecorator => RouteConfig(MARK);

export const isNeverStored = ({ routeOptions: { config } }: FastifyRequest): boolean =>
  'isNeverStored' in config && config.isNeverStored === true;
