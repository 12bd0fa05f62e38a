import type { Parameter, Schema } from '../document-types.js';
import { exampleOf } from '../success-examples.js';
import { firstExampleOf, type Call } from './call.js';

type Schemas = Readonly<Record<string, Schema>>;

const JSON_TYPE = 'application/json';

/** What a sample sends: the example of each value that has to be there. */
interface SampleRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly needsKey: boolean;
  readonly body: unknown;
}

function requestOf({ method, path, operation, parameters }: Call, schemas: Schemas): SampleRequest {
  const valueOf = (parameter: Parameter) =>
    encodeURIComponent(String(parameter.example ?? exampleOf(parameter.schema ?? {}, schemas)));
  const filled = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((text, parameter) => text.replace(`{${parameter.name}}`, valueOf(parameter)), path);
  const query = parameters
    .filter((parameter) => parameter.in === 'query' && parameter.required)
    .map((parameter) => `${parameter.name}=${valueOf(parameter)}`)
    .join('&');
  return {
    method: method.toUpperCase(),
    path: query === '' ? filled : `${filled}?${query}`,
    needsKey: (operation.security ?? []).length > 0,
    body: firstExampleOf(operation.requestBody?.content?.[JSON_TYPE]),
  };
}

/** A line for a shell, with the address of the hub and the key in two variables. */
export function curlSample(call: Call, schemas: Schemas): string {
  const { method, path, needsKey, body } = requestOf(call, schemas);
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}"$HUB_URL${path}"`,
    ...(needsKey ? ['-H "Authorization: Bearer $KEY"'] : []),
    ...(body === undefined
      ? []
      : [
          `-H 'Content-Type: ${JSON_TYPE}'`,
          `-d '${JSON.stringify(body, null, 2).replaceAll(`'`, `'\\''`)}'`,
        ]),
  ];
  return lines.join(' \\\n  ');
}

/** The same in JavaScript, for calls that the client library has no method for. */
export function fetchSample(call: Call, schemas: Schemas): string {
  const { method, path, needsKey, body } = requestOf(call, schemas);
  const headers = [
    ...(needsKey ? ['authorization: `Bearer ${key}`'] : []),
    ...(body === undefined ? [] : [`'content-type': '${JSON_TYPE}'`]),
  ];
  const options = [
    ...(method === 'GET' ? [] : [`method: '${method}'`]),
    ...(headers.length > 0 ? [`headers: { ${headers.join(', ')} }`] : []),
    ...(body === undefined
      ? []
      : [`body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll('\n', '\n  ')})`]),
  ];
  const end = options.length === 0 ? '' : `, {\n  ${options.join(',\n  ')},\n}`;
  return `const answer = await fetch(\`\${hubUrl}${path}\`${end});`;
}
