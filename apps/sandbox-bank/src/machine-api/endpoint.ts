import type { ErrorStyle, Scope } from '@consent-hub/psd2-protocol';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/** How an endpoint knows its caller, beside the certificate: by the header `Client-ID`, or by credentials. */
export type Identification = 'client_id' | 'client_credentials';

/** One version of an endpoint of the bank's API. */
export interface EndpointVersion {
  /** The scopes for which it is live today; none for a version of an older age. */
  readonly today: readonly Scope[];
  /** The scopes that it served before. */
  readonly before?: readonly Scope[];
  readonly errors: ErrorStyle;
  /** Without a scope of today it still answers, and says that the scope is not allowed. */
  readonly answersWithoutScope?: true;
}

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
