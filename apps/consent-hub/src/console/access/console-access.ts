import {
  createParamDecorator,
  SetMetadata,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ConsoleRole } from './console-role.js';
import type { ConsoleSession } from './console-session.repository.js';

/** A request of a person who is signed in. */
export interface ConsoleVisit {
  readonly session: ConsoleSession;
  /** For the forms of the page. */
  readonly csrf: string;
  /** Whether the bank is the sandbox. */
  readonly hasSandbox: boolean;
}

/** The request as the guard leaves it. */
export interface VisitedRequest extends FastifyRequest {
  consoleVisit?: ConsoleVisit;
}

const ROLE = 'console-role';
const IN_BACKGROUND = 'console-background';

/** The role that a person needs for this route; without it, any role will do. */
export const NeedsRole = (role: ConsoleRole): CustomDecorator => SetMetadata(ROLE, role);

/** Asked by a script, not by the person: such a request does not prolong the session, and is not led to the sign-in. */
export const InBackground = (): CustomDecorator => SetMetadata(IN_BACKGROUND, true);

export const roleNeeded = (context: ExecutionContext): ConsoleRole =>
  (Reflect.getMetadata(ROLE, context.getHandler()) as ConsoleRole | undefined) ?? 'viewer';

export const isInBackground = (context: ExecutionContext): boolean =>
  Reflect.getMetadata(IN_BACKGROUND, context.getHandler()) === true;

/** Binds the visit to a parameter of a controller method. */
export const CurrentVisit = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ConsoleVisit => {
    const { consoleVisit } = context.switchToHttp().getRequest<VisitedRequest>();
    if (!consoleVisit) throw new Error('A route without the guard of the console has no visit');
    return consoleVisit;
  },
);
