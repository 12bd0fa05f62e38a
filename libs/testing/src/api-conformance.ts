import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** An answer of an API, and the request that it belongs to. */
export interface Answered {
  readonly method: string;
  /** As it was sent, query and all. */
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

interface Described {
  readonly headers?: Readonly<Record<string, { readonly $ref?: string; readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, object>>;
}
type Responses = Readonly<Record<string, Described | { readonly $ref: string }>>;
interface Operation {
  readonly responses: Responses;
}

/** What `ApiConformance` reads of an OpenAPI document. */
export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly 'x-outside-operations'?: Responses;
}

/** Headers that say something about one answer; the rest comes with all. */
const TELLING_HEADERS = [
  ...['allow', 'etag', 'idempotent-replayed', 'location', 'retry-after', 'www-authenticate', 'x-request-id'],
];

/** Said of a request that was not read to its end, so for no operation. */
const SAID_EARLY = new Set([408, 431]);

/**
 * Holds answers against the description of the API: the status, the type of the body, its fields, the code of a problem and
 * the headers must all be described. Stricter than the description is to a caller: a field that it does not name is a fault.
 */
export class ApiConformance {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly description: ApiDescription) {
    addFormats.default(this.ajv);
    this.ajv.addSchema(closed(description) as object, 'api');
  }

  /** The path of the description that a request meant, or undefined when it led nowhere. */
  operationOf(method: string, url: string): string | undefined {
    const path = this.pathOf(url);
    // Fastify answers HEAD as it answers GET, without a body.
    const name = method === 'HEAD' ? 'get' : method.toLowerCase();
    return path !== undefined && this.description.paths[path]?.[name]
      ? `/paths/${escaped(path)}/${name}`
      : undefined;
  }

  /** What an answer says that the description does not: empty when all is well. */
  faultsOf(answer: Answered): string[] {
    const isEarly = SAID_EARLY.has(answer.status);
    const operation = isEarly ? undefined : this.operationOf(answer.method, answer.url);
    const at = operation === undefined ? '/x-outside-operations' : `${operation}/responses`;
    const pointer = this.resolved(`${at}/${answer.status}`);
    const response = this.at(pointer) as Described | undefined;
    if (!response) return [`status ${answer.status} is not described at ${at}`];
    return [...this.headerFaults(answer, response), ...this.bodyFaults(answer, response, pointer)];
  }

  /** What an event holds that the webhook of its type does not describe, or lacks of it: empty when all is well. */
  faultsOfEvent(event: { readonly type: string }): string[] {
    const pointer = `/webhooks/${escaped(event.type)}/post/requestBody/content/application~1json/schema`;
    if (this.at(pointer) === undefined) return [`no webhook describes ${event.type}`];
    const check = this.check(pointer);
    if (check(event)) return [];
    return (check.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `the event ${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  }

  private headerFaults({ headers }: Answered, { headers: described = {} }: Described): string[] {
    const names = Object.keys(described).map((name) => name.toLowerCase());
    const missing = Object.entries(described)
      .filter(([name, header]) => this.isRequired(header) && headers[name.toLowerCase()] === undefined)
      .map(([name]) => `the header ${name} is missing`);
    const extra = TELLING_HEADERS.filter((name) => headers[name] !== undefined && !names.includes(name));
    return [...missing, ...extra.map((name) => `the header ${name} is not described`)];
  }

  private isRequired(header: { readonly $ref?: string; readonly required?: boolean }): boolean {
    const target = header.$ref === undefined ? header : this.at(header.$ref.slice(1));
    return (target as { required?: boolean } | undefined)?.required === true;
  }

  private bodyFaults({ method, headers, body }: Answered, response: Described, pointer: string): string[] {
    if (method === 'HEAD') return [];
    const described = Object.keys(response.content ?? {});
    if (described.length === 0) return body === '' ? [] : ['a body is not described'];
    const type = (headers['content-type'] ?? '').split(';', 1)[0] ?? '';
    if (!described.includes(type)) return [`a body of type ${type || 'none'} is not described`];
    const check = this.check(`${pointer}/content/${escaped(type)}/schema`);
    if (check(/json$/.test(type) ? JSON.parse(body) : body)) return [];
    return (check.errors ?? []).map(({ instancePath, message }) => `the body ${instancePath}: ${message}`);
  }

  private check(pointer: string): ValidateFunction {
    const check = this.compiled.get(pointer) ?? this.ajv.compile({ $ref: `api#${pointer}` });
    this.compiled.set(pointer, check);
    return check;
  }

  private pathOf(url: string): string | undefined {
    const given = (url.split('?', 1)[0] ?? '').split('/');
    return Object.keys(this.description.paths).find((path) => {
      const wanted = path.split('/');
      return (
        wanted.length === given.length &&
        wanted.every((segment, at) => (segment.startsWith('{') ? given[at] !== '' : segment === given[at]))
      );
    });
  }

  private resolved(pointer: string): string {
    const target = this.at(pointer) as { $ref?: string } | undefined;
    return target?.$ref === undefined ? pointer : target.$ref.slice(1);
  }

  private at(pointer: string): unknown {
    return pointer
      .split('/')
      .slice(1)
      .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>(
        (node, part) => (node as Record<string, unknown> | undefined)?.[part],
        this.description,
      );
  }
}

/** As a part of a JSON pointer in the fragment of a URI (RFC 6901, section 6). */
const escaped = (part: string): string =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** The same document with every object closed that does not say that it is open. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const members = Object.entries(node).map(([name, value]) => [name, closed(value)] as const);
  const isObjectSchema = 'properties' in node && !('additionalProperties' in node);
  return Object.fromEntries([
    ...members,
    ...(isObjectSchema ? [['unevaluatedProperties', false] as const] : []),
  ]);
}
