import type { ProblemTally } from '@consent-hub/platform';
import { Counter, type Registry } from 'prom-client';

/** Counted elsewhere on the way of a refused request, so that those which succeed pay nothing for it; read when asked. */
export const registerProblemCounter = (tally: ProblemTally, registry: Registry): Counter =>
  new Counter({
    name: 'consent_hub_problems_total',
    help: 'Requests answered with a problem, by its code and the API client; without a client when the key was not one',
    labelNames: ['code', 'client'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const { code, client, count } of tally.read()) this.inc({ code, client }, count);
    },
  });
