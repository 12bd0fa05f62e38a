import type { JSX } from 'preact';
import type { ApiDocument, MediaType, Response, Schema } from '../document-types.js';
import { firstExampleOf, typeNameOf, type Call } from './call.js';
import { CLIENT_SAMPLES } from './client-samples.js';
import { ParameterFields, SchemaFields, typeAnchor } from './fields.js';
import { Prose, Words } from './prose.js';
import { curlSample, fetchSample } from './samples.js';

/** On every call; the introduction says what it is for. */
const OF_EVERY_CALL = 'X-Request-Id';
const PROBLEM_TYPE = 'application/problem+json';

type Schemas = NonNullable<NonNullable<ApiDocument['components']>['schemas']>;

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);

function Body({
  media,
  schemas,
}: {
  readonly media: MediaType | undefined;
  readonly schemas: Schemas;
}): JSX.Element | null {
  if (media?.schema === undefined) return null;
  const schema = media.schema as Schema;
  const name = typeNameOf(schema);
  return (
    <>
      <h4>Body</h4>
      <SchemaFields schema={name === undefined ? schema : (schemas[name] ?? schema)} />
    </>
  );
}

const Success = ({ status, response }: { readonly status: string; readonly response: Response }) => {
  const [media] = Object.values(response.content ?? {});
  const name = typeNameOf(media?.schema ?? {});
  return (
    <li>
      <span class="status-code good">{status}</span>
      <div>
        <Words text={response.description.split('\n\n')[0] ?? ''} />
        {name !== undefined && (
          <>
            {': '}
            <a href={`#${typeAnchor(name)}`}>{name}</a>
          </>
        )}
      </div>
    </li>
  );
};

/** The codes of the problems of a status, each with a link to what it means. */
const Problems = ({ status, codes }: { readonly status: string; readonly codes: readonly string[] }) => (
  <li>
    <span class={`status-code ${status.startsWith('5') || status === '429' ? 'wait' : 'bad'}`}>{status}</span>
    <div class="codes">
      {codes.map((code) => (
        <a key={code} href={`docs/errors#${code}`}>
          {code}
        </a>
      ))}
    </div>
  </li>
);

const Answers = ({ responses }: { readonly responses: Readonly<Record<string, Response>> }) => (
  <ul class="answers">
    {Object.entries(responses).map(([status, response]) => {
      const problems = response.content?.[PROBLEM_TYPE];
      const codes = Object.keys(problems?.examples ?? {});
      return codes.length > 0 && Number(status) >= 400 ? (
        <Problems key={status} status={status} codes={codes} />
      ) : (
        <Success key={status} status={status} response={response} />
      );
    })}
  </ul>
);

function SuccessExample({ responses }: { readonly responses: Readonly<Record<string, Response>> }) {
  const [response] = Object.entries(responses).flatMap(([status, each]) => (/^2/.test(status) ? [each] : []));
  const [media] = Object.values(response?.content ?? {});
  const example = firstExampleOf(media);
  if (example === undefined) return null;
  return (
    <details>
      <summary>Answer</summary>
      <pre>{shown(example)}</pre>
    </details>
  );
}

const Samples = ({ call, schemas }: { readonly call: Call; readonly schemas: Schemas }): JSX.Element => {
  const library = CLIENT_SAMPLES[call.id];
  return (
    <div class="samples">
      <h4>curl</h4>
      <pre>{curlSample(call, schemas)}</pre>
      <h4>
        {library === undefined ? 'JavaScript; the client library has no method for this' : 'Client library'}
      </h4>
      <pre>{library ?? fetchSample(call, schemas)}</pre>
      <SuccessExample responses={call.operation.responses} />
    </div>
  );
};

/** A call: what it does and takes, how it is answered, and how it is made. */
export const OperationSection = ({
  call,
  schemas,
}: {
  readonly call: Call;
  readonly schemas: Schemas;
}): JSX.Element => {
  const { id, method, path, operation } = call;
  const parameters = call.parameters.filter(({ name }) => name !== OF_EVERY_CALL);
  const permission = operation['x-required-permission'];
  return (
    <section class="call" id={id}>
      <header>
        <h3>
          <a href={`#${id}`}>{operation.summary}</a>
        </h3>
        <p class="needs">
          {permission === undefined ? (
            'needs no key'
          ) : (
            <>
              needs <code>{permission}</code>
            </>
          )}
        </p>
      </header>
      <p class="address">
        <span class={`method ${method}`}>{method.toUpperCase()}</span> <code>{path}</code>
      </p>
      <div class="parts">
        <div class="words">
          {operation.description !== undefined && <Prose text={operation.description} />}
          {parameters.length > 0 && (
            <>
              <h4>Parameters</h4>
              <ParameterFields parameters={parameters} />
            </>
          )}
          <Body media={operation.requestBody?.content?.['application/json']} schemas={schemas} />
          <h4>Answers</h4>
          <Answers responses={operation.responses} />
        </div>
        <Samples call={call} schemas={schemas} />
      </div>
    </section>
  );
};
