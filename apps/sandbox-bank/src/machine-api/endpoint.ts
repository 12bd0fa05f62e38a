import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { EndpointVersion } from '../model/settings/contract.js';

/** How an endpoint knows its caller, beside the certificate: by the header `Client-ID`, or by credentials. */
export type Identification = 'client_id' | 'client_credentials';

/** By the version's name in `Accept`. */
export type EndpointVersions<Version extends EndpointVersion = EndpointVersion> = Readonly<
  Record<string, Version>
>;

export interface Endpoint {
  readonly identifiedBy: Identification;
  readonly versions: EndpointVersions;
  /** Whether its answers, refusals too, forbid every cache to keep them (RFC 6749 section 5.1). */
  readonly isNeverStored?: boolean;
}

/**
 * This route is that endpoint. The mark is the route's, not the handler's: a body that cannot be read is refused before
 * any handler is known.
 */
export const EndpointRoute = (endpoint: Endpoint): MethodDecorator => RouteConfig({ endpoint });

export const endpointOf = ({ routeOptions: { config } }: FastifyRequest): Endpoint | undefined =>
  'endpoint' in config ? (config.endpoint as Endpoint) : undefined;
