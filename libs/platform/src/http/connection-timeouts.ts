/** Milliseconds, under the names of Node's options of servers. */
export interface ConnectionTimeouts {
  /** TLS only. */
  readonly handshakeTimeout: number;
  /** From the moment a connection is made, or the first byte of a later request comes, to the end of its headers. */
  readonly headersTimeout: number;
  /** From there as well, to the end of the body. */
  readonly requestTimeout: number;
  /** How often the two are checked. */
  readonly connectionsCheckingInterval: number;
  /** Between two requests. Longer than proxies and clients keep an idle connection, so that none is used as it closes. */
  readonly keepAliveTimeout: number;
}

/** A peer that says nothing, or never comes to an end, loses its connection within 30 seconds. Answers may take any time. */
export const CONNECTION_TIMEOUTS: ConnectionTimeouts = {
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 75_000,
};

/** The same for Fastify, which sets two of them itself. */
export const fastifyTimeouts = (timeouts: ConnectionTimeouts) => ({
  keepAliveTimeout: timeouts.keepAliveTimeout,
  requestTimeout: timeouts.requestTimeout,
  http: {
    headersTimeout: timeouts.headersTimeout,
    connectionsCheckingInterval: timeouts.connectionsCheckingInterval,
  },
});
