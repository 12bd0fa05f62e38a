import type { ApiDocument, MediaType, Operation, Parameter, Schema } from '../document-types.js';

/** One operation of the description, with the references of its parameters resolved. */
export interface Call {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
}

/** All operations, in the order of the description. */
export const callsOf = ({ paths, components }: ApiDocument): Call[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      id: operation.operationId ?? `${method}-${path}`,
      method,
      path,
      tag: operation.tags?.[0] ?? '',
      operation,
      parameters: (operation.parameters ?? []).map((parameter) => resolved(parameter, components ?? {})),
    })),
  );

function resolved(parameter: Parameter, components: NonNullable<ApiDocument['components']>): Parameter {
  const name = parameter.$ref?.split('/').at(-1);
  const shared = components['parameters'] as Readonly<Record<string, Parameter>> | undefined;
  return (name !== undefined && shared?.[name]) || parameter;
}

/** The name of the type that a schema refers to, if it does. */
export const typeNameOf = ({ $ref, allOf, items }: Schema): string | undefined =>
  ($ref ?? allOf?.[0]?.$ref ?? items?.$ref)?.split('/').at(-1);

/** What a body looks like: its example, or the first of several. */
export const firstExampleOf = (media?: MediaType): unknown =>
  media?.example ??
  (Object.values(media?.examples ?? {})[0] as { readonly value?: unknown } | undefined)?.value;
