import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { Problem, type InputFault, type ProblemKind } from './problem.js';

/** A value that no rule of the route lets pass; `errors` says which. */
export const INVALID_INPUT = {
  status: 400,
  code: 'invalid_input',
  detail: 'A value of the request cannot be accepted.',
} as const satisfies ProblemKind;

const faultsOf = (errors: ValidationError[], prefix = ''): InputFault[] =>
  errors.flatMap((error) => [
    ...Object.entries(error.constraints ?? {}).map(([rule, text]) => ({
      field: prefix + error.property,
      detail:
        rule === 'whitelistValidation' ? 'is not a field of this call' : withoutName(text, error.property),
    })),
    ...faultsOf(error.children ?? [], `${prefix}${error.property}.`),
  ]);

const withoutName = (text: string, property: string): string =>
  text.startsWith(`${property} `) ? text.slice(property.length + 1) : text;

/** Validates bodies and queries by their DTO class; a field the class does not name is refused, not ignored. */
export const createValidationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    // True would refuse a class without rules, which `NoQuery` is; what such a class does not name is refused by the whitelist.
    forbidUnknownValues: false,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => {
      const faults = faultsOf(errors);
      return new Problem({
        ...INVALID_INPUT,
        detail: `${faults.length === 1 ? 'One value' : `${faults.length} values`} of the request cannot be accepted: ${faults
          .map((fault) => fault.field)
          .join(', ')}.`,
        errors: faults,
      });
    },
  });

/** For calls without query parameters: declared, so that a parameter sent to them is refused and not ignored. */
export class NoQuery {}
