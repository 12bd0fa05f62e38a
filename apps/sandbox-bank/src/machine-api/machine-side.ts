import type { IncomingMessage } from 'node:http';
import { RouteConstraints } from '@nestjs/platform-fastify';
import type { Brand } from '@consent-hub/psd2-protocol';
import type { FastifyInstance } from 'fastify';

const brands = new WeakMap<IncomingMessage, Brand>();

/** Records that a request came in over a brand's machine port. */
export const arriveAt = (brand: Brand, request: IncomingMessage): void => void brands.set(request, brand);

/** The brand of the machine port that a request came in over; undefined for the plain port. */
export const brandOf = (request: IncomingMessage): Brand | undefined => brands.get(request);

const SIDE = 'side';
const MACHINE = 'machine';

type ConstraintStrategy = Parameters<FastifyInstance['addConstraintStrategy']>[0];
type Handler = Parameters<ReturnType<ConstraintStrategy['storage']>['set']>[1];

/**
 * Separates the routes of one Fastify instance: machine routes answer on the machine ports only, all others on the plain
 * port only. The router itself finds no route on the wrong side, so that no route has to check.
 */
export const SIDE_CONSTRAINT: ConstraintStrategy = {
  name: SIDE,
  storage() {
    const handlers = new Map<unknown, Handler>();
    return {
      get: (side) => handlers.get(side) ?? null,
      set: (side, handler) => void handlers.set(side, handler),
    };
  },
  deriveConstraint: (request: IncomingMessage) => (brandOf(request) === undefined ? undefined : MACHINE),
  mustMatchWhenDerived: true,
};

/** This route answers on the machine ports, and nowhere else. */
export const MachineRoute = (): MethodDecorator => RouteConstraints({ [SIDE]: MACHINE });
