import type { ErrorStyle, Scope } from '@consent-hub/psd2-protocol';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/** How an endpoint identifies its caller, besides the certificate: by the header `Client-ID`, or by credentials. */
export type Identification = 'client_id' | 'client_credentials';

/** One version of an endpoint of the bank's API. */
export interface EndpointVersion {
  /** The scopes that it serves today; none for an older version. */
  readonly today: readonly Scope[];
  /** The scopes that it served before. */
  readonly before?: readonly Scope[];
  readonly errors: ErrorStyle;
  /** Answers also where it serves no scope, and refuses the scope then. */
  readonly answersWithoutScope?: true;
}

/** By the version's name in `Accept`. */
export type EndpointVersions<Version extends EndpointVersion = EndpointVersion> = Readonly<
  Record<string, Version>
>;

export interface Endpoint {
  readonly identifiedBy: Identification;
  readonly versions: EndpointVersions;
  /** Whether its answers, refusals too, must not be cached (RFC 6749 section 5.1). */
  readonly isNeverStored?: boolean;
}

/**
 * Declares the endpoint of a route. It is stored with the route, not the handler, because a body that cannot be read is
 * refused before a handler is known.
 */
export const EndpointRoute = (endpoint: Endpoint): MethodDecorator => RouteConfig({ endpoint });

export const endpointOf = ({ routeOptions: { config } }: FastifyRequest): Endpoint | undefined =>
  'endpoint' in config ? (config.endpoint as Endpoint) : undefined;
