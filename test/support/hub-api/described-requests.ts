import fc from 'fast-check';
import type { ApiDescription } from '@consent-hub/testing';
import { wireRequest, type WireRequest } from '../hostile-requests.js';
import { CALLERS, OWNERS, type CallerName, type HubWithClients } from './hub-with-clients.js';
import { IBANS } from './labelled-bank.js';

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface DescribedOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
  readonly 'x-required-permission'?: string;
}

/** A request made after the description, or against it. */
export interface DrawnRequest {
  readonly caller: CallerName;
  readonly wire: WireRequest;
}

type Draw = fc.GeneratorValue;

/** Seconds that a call may wait for what does not come. */
const SHORT_WAITS = [0, 1];

/** How often a part of a request is left as the description wants it, of ten. */
const HONEST = 8;

const HOSTILE_TEXTS = [
  ...[
    '',
    ' ',
    '\0',
    'a\u0000b',
    '\ud800',
    '\u202eabc',
    '😀'.repeat(64),
    'é',
    'x'.repeat(300),
    'x'.repeat(9000),
  ],
  ...["' OR 1=1--", '__proto__', 'constructor', 'null', 'undefined', 'NaN', '1e999', '-1', '0x10', '1.5'],
  ...[
    '9'.repeat(40),
    '../../etc/passwd',
    '%00',
    '%zz',
    '<script>alert(1)</script>',
    '*',
    ',',
    '"',
    'W/"1"',
    '[]',
  ],
  ...[
    '2026-02-30',
    '0000-01-01',
    '9999-12-31T23:59:60Z',
    '2026-01-31T09:30',
    'true',
    '{}',
    'javascript:alert(1)',
  ],
  ...['https://user:pass@a.example/', 'https://a.example/#x', 'http://a.example/', 'BE00000000000000'],
];
const HOSTILE_VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, -1e-308, 2 ** 53, [], {}, [[]], [null], { a: { b: [] } }],
  ...[Array.from({ length: 1000 }, () => 0), { toString: 'x' }, { length: 1 }, ['a', 'b']],
];
const HOSTILE_BODIES = [
  ...['', 'null', '[]', '{', '5', '"x"', '{"__proto__":{"a":1}}', '[1e999]', '{"a":1}{"b":2}', '\ufeff{}'],
  ...[
    '['.repeat(2_000),
    `{"a":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`,
    'scope=AIS',
    `"${'x'.repeat(66_000)}"`,
  ],
];
const CONTENT_TYPES = [
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    '',
  ],
  ...[
    'application/json; charset=utf-8',
    'application/json; charset=utf-7',
    'APPLICATION/JSON',
    'application/json;',
  ],
];

const hostileText = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...HOSTILE_TEXTS),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
  );
const hostileValue = (): fc.Arbitrary<unknown> =>
  fc.oneof(hostileText(), fc.constantFrom(...HOSTILE_VALUES), fc.jsonValue());
const whole = (min: number, max: number) => fc.integer({ min, max });
const oneOf = (count: number) => fc.nat({ max: Math.max(0, count - 1) });

/** Draws requests for every operation of a description: most of them good, many wrong in one place or a few. */
export class DescribedRequests {
  private readonly operations: readonly (readonly [method: string, path: string, DescribedOperation])[];

  constructor(
    private readonly description: ApiDescription,
    private readonly hub: HubWithClients,
  ) {
    this.operations = Object.entries(description.paths).flatMap(([path, item]) =>
      Object.entries(item)
        .map(([method, operation]) => [method.toUpperCase(), path, operation as DescribedOperation] as const)
        .filter(([, , operation]) => !isEndless(operation)),
    );
  }

  draw(g: Draw): DrawnRequest {
    const [method, path, operation] = this.pick(g, this.operations);
    const caller = this.callerOf(g, operation);
    const parameters = (operation.parameters ?? []).map((each) => this.resolved<Parameter>(each));
    const authorization = this.hub.authorizationOf(caller);
    const given = parameters.flatMap((each) => this.parameter(g, each));
    const of = (place: Parameter['in']) =>
      given
        .filter(({ parameter }) => parameter.in === place)
        .map(({ parameter, text }) => ({ name: parameter.name, text }));
    const body = this.bodyOf(g, operation);
    return {
      caller,
      wire: wireRequest({
        method: this.isHonest(g)
          ? method
          : this.pick(g, [method, 'HEAD', 'GET', 'POST', 'PUT', 'DELETE', 'PATCH']),
        path: targetOf(path, of('path'), [...of('query'), ...this.strays(g)]),
        headers: [
          ...(authorization === undefined ? [] : [['Authorization', authorization] as [string, string]]),
          ...of('header').map(({ name, text }): [string, string] => [name, headerText(text)]),
          ...(body === undefined ? [] : [['Content-Type', body.type] as [string, string]]),
        ],
        ...(body !== undefined && { body: bytes(body.text) }),
        certificate: null,
      }),
    };
  }

  /** Often one who may, since the others are refused at the door. */
  private callerOf(g: Draw, { 'x-required-permission': permission }: DescribedOperation): CallerName {
    if (!this.isHonest(g)) return this.pick(g, CALLERS);
    if (permission === 'admin') return 'admin';
    if (permission === 'tokens:read') return this.pick(g, ['service', 'payments']);
    return permission === undefined ? 'anonymous' : this.pick(g, OWNERS);
  }

  private parameter(g: Draw, parameter: Parameter): { parameter: Parameter; text: string }[] {
    const isGiven = parameter.required === true ? this.isHonest(g) || parameter.in === 'path' : g(fc.boolean);
    if (!isGiven) return [];
    const one = () => ({
      parameter,
      text: this.isHonest(g) ? asText(this.valueOf(g, parameter.schema, parameter.name)) : g(hostileText),
    });
    return g(whole, 0, 19) === 0 && parameter.in !== 'path' ? [one(), one()] : [one()];
  }

  /** Parameters that no call knows. */
  private strays(g: Draw): { name: string; text: string }[] {
    return g(whole, 0, 19) === 0 ? [{ name: g(hostileText), text: g(hostileText) }] : [];
  }

  private bodyOf(g: Draw, { requestBody }: DescribedOperation): { type: string; text: string } | undefined {
    const schema = requestBody?.content['application/json']?.schema;
    const type = g(whole, 0, 19) === 0 ? this.pick(g, CONTENT_TYPES) : 'application/json';
    if (g(whole, 0, 19) === 0) return { type, text: this.pick(g, HOSTILE_BODIES) };
    if (!schema) return g(whole, 0, 9) === 0 ? { type, text: '{}' } : undefined;
    return { type, text: JSON.stringify(this.valueOf(g, schema, '')) };
  }

  /** A value that a schema allows; of an object, fields that it does not. */
  private valueOf(g: Draw, given: Schema, name: string): unknown {
    const schema = this.resolved<Schema>(given.allOf?.[0] ?? given);
    if (schema.properties) return this.objectOf(g, schema);
    if (name === 'wait_seconds') return this.pick(g, SHORT_WAITS);
    const known = this.knownOf(name);
    if (known.length > 0 && g(whole, 0, 3) > 0) return this.pick(g, known);
    if (schema.anyOf)
      return this.valueOf(g, { ...schema, anyOf: undefined, ...this.pick(g, schema.anyOf) } as Schema, name);
    if (schema.enum) return this.pick(g, schema.enum);
    const type = this.pick(g, [schema.type ?? 'string'].flat());
    switch (type) {
      case 'null':
        return null;
      case 'boolean':
        return g(fc.boolean);
      case 'integer':
        return g(whole, schema.minimum ?? 0, schema.maximum ?? 1000);
      case 'array':
        return [this.valueOf(g, schema.items ?? {}, name)];
      default:
        return this.textOf(g, schema);
    }
  }

  private textOf(g: Draw, { format, example, minLength = 0, maxLength = 60 }: Schema): string {
    if (format === 'uuid') return g(fc.uuid);
    if (format === 'date-time') return g(moments).toISOString();
    if (format === 'date') return g(moments).toISOString().slice(0, 10);
    if (typeof example === 'string' && g(fc.boolean)) return example;
    return g(visible, minLength, Math.min(maxLength, 80));
  }

  private objectOf(g: Draw, { properties = {}, required = [] }: Schema): Record<string, unknown> {
    const fields = Object.entries(properties)
      .filter(([name]) =>
        required.includes(name) ? this.isHonest(g) || g(fc.boolean) : g(whole, 0, 3) === 0,
      )
      .map(
        ([name, field]) => [name, this.isHonest(g) ? this.valueOf(g, field, name) : g(hostileValue)] as const,
      );
    const stray = g(whole, 0, 19) === 0 ? [[g(hostileText), g(hostileValue)] as const] : [];
    return Object.fromEntries([...fields, ...stray]);
  }

  /** What means something to this hub. */
  private knownOf(name: string): readonly (string | number)[] {
    switch (name) {
      case 'id':
        return this.hub.consents.map(({ id }) => id);
      case 'psu_ref':
        return this.hub.consents.map(({ psuRef }) => psuRef);
      case 'iban':
        return Object.values(IBANS);
      case 'state':
        return this.hub.waitingStates;
      case 'cursor':
        return this.hub.cursors;
      case 'generation':
        return [1, 2, 3];
      case 'If-None-Match':
        return ['"1"', '*', 'W/"2", "1"'];
      case 'Idempotency-Key':
        return ['one', 'two', 'three'];
      case 'code':
        return ['code-of-owner-PIS-1', 'code-of-other-PIS-2'];
      default:
        return [];
    }
  }

  private isHonest(g: Draw): boolean {
    return g(whole, 0, 9) < HONEST;
  }

  private pick<T>(g: Draw, from: readonly T[]): T {
    return from[g(oneOf, from.length)] as T;
  }

  private resolved<T extends { readonly $ref?: string }>(node: T): T {
    if (node.$ref === undefined) return node;
    return node.$ref
      .split('/')
      .slice(1)
      .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], this.description) as T;
  }
}

/** Its answer is a stream, which lasts until its reader leaves. */
const isEndless = ({ responses }: DescribedOperation): boolean =>
  responses['200']?.content?.['text/event-stream'] !== undefined;

const moments = () =>
  fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
const visible = (minLength: number, maxLength: number) =>
  fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength,
    maxLength,
  });

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Every byte as a character, as the wire has it. */
const bytes = (text: string): string => Buffer.from(text).toString('latin1');

/** What HTTP lets a field hold (RFC 9110, section 5.5); with the rest it would be no request of any operation. */
const headerText = (text: string): string =>
  [...bytes(text)].filter((byte) => byte === '\t' || (byte >= ' ' && byte !== '\x7f')).join('');

const percent = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      /[A-Za-z0-9._~-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');

interface Named {
  readonly name: string;
  readonly text: string;
}

function targetOf(path: string, inPath: readonly Named[], inQuery: readonly Named[]): string {
  const filled = inPath.reduce((at, { name, text }) => at.replace(`{${name}}`, () => percent(text)), path);
  const query = inQuery.map(({ name, text }) => `${percent(name)}=${percent(text)}`).join('&');
  return query === '' ? filled : `${filled}?${query}`;
}
