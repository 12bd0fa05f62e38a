import type { PageBrand } from '@consent-hub/platform';
import type { JSX } from 'preact';
import { API_TEXT, TAG_TEXTS } from '../api-text.js';
import type { ApiDocument, Operation, Schema } from '../document-types.js';
import { callsOf, typeNameOf, type Call } from './call.js';
import { CLIENT_SETUP } from './client-samples.js';
import { renderDocumentation, type ContentsGroup } from './documentation-frame.js';
import { SchemaFields, typeAnchor } from './fields.js';
import { OperationSection } from './operation.js';
import { Prose, Words } from './prose.js';

type Schemas = Readonly<Record<string, Schema>>;

const titleOf = (tag: string): string => tag.charAt(0).toUpperCase() + tag.slice(1);

const Start = (): JSX.Element => (
  <>
    <h1>API reference</h1>
    <Prose text={API_TEXT} />
    <h2 id="samples">Samples</h2>
    <p>
      The samples take the address of the hub and a key from two variables. Those of the{' '}
      <a href="docs/guides/client-library">client library</a> begin with:
    </p>
    <p />
    <pre>{CLIENT_SETUP}</pre>
  </>
);

const Tag = ({
  tag,
  calls,
  schemas,
}: {
  readonly tag: string;
  readonly calls: readonly Call[];
  readonly schemas: Schemas;
}) => (
  <section aria-labelledby={`tag-${tag}`}>
    <h2 id={`tag-${tag}`}>{titleOf(tag)}</h2>
    <p>{TAG_TEXTS[tag as keyof typeof TAG_TEXTS]}</p>
    {calls.map((call) => (
      <OperationSection key={call.id} call={call} schemas={schemas} />
    ))}
  </section>
);

/** What the hub sends to webhooks and shows in `GET /v1/events`. */
const Events = ({ events }: { readonly events: readonly (readonly [string, Operation])[] }) => (
  <section aria-labelledby="event-types">
    <h2 id="event-types">Event types</h2>
    <p>
      What webhooks are sent and <a href="#listEvents">GET /v1/events</a> answers with;{' '}
      <a href="docs/guides/events">the guide</a> says how to receive them.
    </p>
    <div class="entries">
      {events.map(([type, { summary, description, requestBody }]) => {
        const [media] = Object.values(requestBody?.content ?? {});
        const name = typeNameOf(media?.schema ?? {});
        return (
          <section key={type} class="entry" id={`event-${type}`}>
            <h3>
              <code>{type}</code>
            </h3>
            <p>
              <Words text={description ?? summary ?? ''} />
              {name !== undefined && (
                <>
                  {' '}
                  <a href={`#${typeAnchor(name)}`}>{name}</a>
                </>
              )}
            </p>
          </section>
        );
      })}
    </div>
  </section>
);

const Types = ({ schemas }: { readonly schemas: readonly (readonly [string, Schema])[] }): JSX.Element => (
  <section aria-labelledby="types">
    <h2 id="types">Types</h2>
    <p>What calls answer with, and what is inside of that.</p>
    {schemas.map(([name, schema]) => (
      <section key={name} class="call" id={typeAnchor(name)}>
        <header>
          <h3>{name}</h3>
        </header>
        {schema.description !== undefined && <Prose text={schema.description} />}
        <SchemaFields schema={schema} />
      </section>
    ))}
  </section>
);

/** The description of the API for people, without a script: every call, event and type on one page, to be searched by the browser. */
export function renderReference(document: ApiDocument, brand: PageBrand): string {
  const schemas = document.components?.schemas ?? {};
  const calls = callsOf(document);
  const tags = Object.keys(TAG_TEXTS).map((tag) => ({
    tag,
    calls: calls.filter((call) => call.tag === tag),
  }));
  const events = Object.entries(document.webhooks ?? {}).map(([type, { post }]) => [type, post] as const);
  const types = Object.entries(schemas).filter(([, schema]) => schema.properties !== undefined);
  const contents: ContentsGroup[] = [
    ...tags.map((group) => ({
      text: titleOf(group.tag),
      href: `#tag-${group.tag}`,
      items: group.calls.map(({ id, operation }) => ({ text: operation.summary ?? id, href: `#${id}` })),
    })),
    { text: 'Event types', href: '#event-types', items: [] },
    { text: 'Types', href: '#types', items: [] },
  ];
  return renderDocumentation(
    {
      ...{ section: 'reference', title: 'API reference', root: '', contents },
      children: (
        <>
          <Start />
          {tags.map((group) => (
            <Tag key={group.tag} {...group} schemas={schemas} />
          ))}
          <Events events={events} />
          <Types schemas={types} />
        </>
      ),
    },
    brand,
  );
}
