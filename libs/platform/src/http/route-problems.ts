import type { ProblemKind } from './problem.js';

/** An error of a library, which the app's tables turn into a problem. */
export interface ErrorName {
  readonly library: 'consent' | 'bank';
  readonly code: string;
}

export type RouteProblem = ProblemKind | ErrorName;

const PROBLEMS = 'route-problems';

/**
 * How a route can fail by itself, for the description of the API; what all routes share is added there. Stacks with others
 * on the same method.
 */
export const Problems =
  (...problems: readonly RouteProblem[]): MethodDecorator =>
  (_target, _name, { value: handler }) => {
    if (typeof handler !== 'function') throw new Error('A route is a method');
    Reflect.defineMetadata(PROBLEMS, [...problems, ...problemsOf(handler)], handler);
  };

/** What the decorators on this method of a controller say. */
export const problemsOf = (handler: object): readonly RouteProblem[] =>
  (Reflect.getMetadata(PROBLEMS, handler) as readonly RouteProblem[] | undefined) ?? [];
