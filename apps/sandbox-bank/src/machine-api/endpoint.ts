import type { ExecutionContext } from '@nestjs/common';
import type { EndpointVersion } from '../books/contract.js';

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

/** Key of the metadata of a route. */
export const ENDPOINT = 'endpoint';

export const endpointOf = (context: ExecutionContext): Endpoint =>
  Reflect.getMetadata(ENDPOINT, context.getHandler()) as Endpoint;
