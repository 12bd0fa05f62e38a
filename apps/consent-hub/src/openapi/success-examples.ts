import type { Operation, Schema } from './document-types.js';

const OF_FORMATS: Readonly<Record<string, unknown>> = {
  uuid: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70',
  'date-time': '2026-01-31T09:30:00.000Z',
  uri: 'https://bank.example/consent',
};

type Schemas = Readonly<Record<string, Schema>>;

/** Gives bodies without an example the one that the examples of their fields make up. */
export function addSuccessExamples({ requestBody, responses }: Operation, schemas: Schemas): void {
  const bodies = [requestBody ?? {}, ...Object.values(responses)];
  for (const media of bodies.flatMap(({ content = {} }) => Object.values(content))) {
    if (!media.schema || media.example !== undefined || media.examples !== undefined) continue;
    media.example = exampleOf(media.schema, schemas);
  }
}

/** Made of the examples of the fields. */
export function exampleOf(schema: Schema, schemas: Schemas): unknown {
  if (schema.example !== undefined) return schema.example;
  const target = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (target !== undefined) return exampleOf(schemas[target.split('/').at(-1) ?? ''] ?? {}, schemas);
  if (schema.properties) return objectOf(schema, schemas);
  if (schema.items) return [exampleOf(schema.items, schemas)];
  if (schema.enum) return schema.enum[0];
  const [type] = [schema.type ?? 'string'].flat();
  if (type === 'integer') return schema.minimum ?? 1;
  return OF_FORMATS[schema.format ?? ''] ?? (type === 'object' ? {} : 'text');
}

/** With the fields that are always there, and those others that say what they look like. */
const objectOf = ({ properties = {}, required = [] }: Schema, schemas: Schemas) =>
  Object.fromEntries(
    Object.entries(properties)
      .filter(([name, { example }]) => required.includes(name) || example !== undefined)
      .map(([name, property]) => [name, exampleOf(property, schemas)]),
  );
