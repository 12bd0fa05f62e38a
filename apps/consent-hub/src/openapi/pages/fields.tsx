import type { JSX } from 'preact';
import type { Parameter, Schema } from '../document-types.js';
import { typeNameOf } from './call.js';
import { Words } from './prose.js';

/** The anchor of a type on the reference. */
export const typeAnchor = (name: string): string => `type-${name}`;

/** `string`, `list of strings`, or a link to the type. */
function TypeOf({ schema }: { readonly schema: Schema }): JSX.Element {
  const name = typeNameOf(schema);
  const isList = schema.items !== undefined;
  if (name !== undefined)
    return (
      <span class="type">
        {isList && 'list of '}
        <a href={`#${typeAnchor(name)}`}>{name}</a>
      </span>
    );
  const [type = 'object'] = [schema.type ?? schema.anyOf?.[0]?.type ?? 'object'].flat();
  const itemType = [schema.items?.type ?? 'object'].flat()[0];
  const isNullable = Array.isArray(schema.type) && schema.type.includes('null');
  return (
    <span class="type">
      {isList ? `list of ${itemType}` : schema.format ? `${type}, ${schema.format}` : type}
      {isNullable && ' or null'}
    </span>
  );
}

interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
  readonly description: string | undefined;
  readonly place?: string | undefined;
}

const valuesOf = ({ enum: own, items }: Schema): string[] =>
  (own ?? items?.enum ?? []).filter((value) => value !== null).map(String);
const asSentence = (text: string): string => (/[.:;!?]$/.test(text) ? text : `${text}.`);

const FieldEntry = ({ name, schema, isRequired, description, place }: Field): JSX.Element => {
  const values = valuesOf(schema);
  return (
    <div>
      <dt>
        <code>{name}</code>
        <TypeOf schema={schema} />
        {place !== undefined && <span class="type">{place}</span>}
        {isRequired && <span class="must">required</span>}
      </dt>
      {(description !== undefined || values.length > 0) && (
        <dd>
          {description !== undefined && (
            <Words text={values.length > 0 ? asSentence(description) : description} />
          )}
          {values.length > 0 && (
            <>
              {' '}
              One of{' '}
              {values.map((value, at) => (
                <>
                  {at > 0 && ', '}
                  <code>{value}</code>
                </>
              ))}
            </>
          )}
        </dd>
      )}
    </div>
  );
};

const Fields = ({ fields }: { readonly fields: readonly Field[] }): JSX.Element => (
  <dl class="fields">
    {fields.map((field) => (
      <FieldEntry key={field.name} {...field} />
    ))}
  </dl>
);

/** The properties of an object. */
export const SchemaFields = ({ schema }: { readonly schema: Schema }): JSX.Element => (
  <Fields
    fields={Object.entries(schema.properties ?? {}).map(([name, property]) => ({
      name,
      schema: property,
      isRequired: schema.required?.includes(name) ?? false,
      description: property.description,
    }))}
  />
);

/** What a call takes in addition to its body. */
export const ParameterFields = ({
  parameters,
}: {
  readonly parameters: readonly Parameter[];
}): JSX.Element => (
  <Fields
    fields={parameters.map(({ name = '', schema = {}, required = false, description, in: place }) => ({
      name,
      schema,
      isRequired: required,
      description: description ?? schema.description,
      place,
    }))}
  />
);
