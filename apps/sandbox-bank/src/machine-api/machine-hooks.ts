import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { requestFacts } from '@consent-hub/platform';
import { alteredAnswer } from './altered-answers.js';
import { endpointOf } from './endpoint.js';
import { brandOf } from './machine-side.js';
import { markAnswer } from './refusal-answer.js';

/** Gives every answer of the machine side its headers, and writes one line for each. */
export function hookMachineSide(server: FastifyInstance, logger: Logger): void {
  server.addHook('onSend', async (request, reply, payload) => {
    if (!brandOf(request.raw)) return Promise.resolve(payload);
    markAnswer(request, reply);
    if (endpointOf(request)?.isNeverStored)
      void reply.headers({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    return Promise.resolve(alteredAnswer(request.raw, payload));
  });
  server.addHook('onResponse', (request, reply, done) => {
    const brand = brandOf(request.raw);
    if (brand) logger.info({ brand, ...requestFacts(request, reply) }, 'request answered');
    done();
  });
}
