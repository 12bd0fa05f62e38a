import type { AuthenticatedRequest } from '@consent-hub/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestDurations } from './request-durations.js';

/** Replaces the route of paths without one, and their methods: a caller may invent any number of both. */
const UNMATCHED = 'unmatched';

/** Notes how long each request took, once it is answered. */
@Injectable()
export class RequestDurationsHook implements OnModuleInit {
  readonly durations = new RequestDurations();

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('onResponse', (request: FastifyRequest & AuthenticatedRequest, reply, done) => {
      const { url = UNMATCHED } = request.is404 ? {} : request.routeOptions;
      const method = url === UNMATCHED ? UNMATCHED : request.method;
      const answer = { status: reply.statusCode, seconds: reply.elapsedTime / 1000 };
      this.durations.note(method, url, request.caller?.name ?? '', answer);
      done();
    });
  }
}
