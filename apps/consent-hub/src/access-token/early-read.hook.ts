import { spanOfRequest } from '@consent-hub/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AccessTokenQuery, type TokenRow } from './access-token.query.js';

/** The path of the hot route with an id that Postgres takes. Another spelling of the same path is merely read later. */
const ROUTE =
  /^\/v1\/consents\/([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})\/access-token(?:\?|$)/;

/** A request whose consent is being read already. */
export interface EarlyRequest extends FastifyRequest {
  earlyRead?: Promise<TokenRow | null>;
}

/**
 * Begins to read the consent of a token when its request arrives, so that it runs together with the lookup of the caller's key
 * and not after it. What is found is sealed, and is not opened before the guard has accepted the caller.
 */
@Injectable()
export class EarlyReadHook implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly tokens: AccessTokenQuery,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('onRequest', (request: EarlyRequest, _reply, done) => {
      const id = request.headers.authorization === undefined ? undefined : ROUTE.exec(request.url)?.[1];
      if (id !== undefined && request.method === 'GET') {
        request.earlyRead = this.tokens.byConsent(id, spanOfRequest(request));
        // A request that is refused earlier does not wait for it.
        request.earlyRead.catch(() => undefined);
      }
      done();
    });
  }
}
