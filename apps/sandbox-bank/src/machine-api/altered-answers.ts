import type { IncomingMessage } from 'node:http';

/** A change of an answer's text before it is sent. */
type Alteration = (text: string) => string;

const alterations = new WeakMap<IncomingMessage, Alteration[]>();

/** Changes the answer to this call, whether it is a success or a refusal. */
export const alterAnswer = (request: IncomingMessage, alteration: Alteration): void =>
  void alterations.set(request, [...(alterations.get(request) ?? []), alteration]);

/** The payload with its changes. */
export function alteredAnswer(request: IncomingMessage, payload: unknown): unknown {
  if (typeof payload !== 'string') return payload;
  return (alterations.get(request) ?? []).reduce((text, alteration) => alteration(text), payload);
}

/** The first half of an object or a list is not valid JSON. */
export const firstHalf: Alteration = (text) => text.slice(0, Math.ceil(text.length / 2));

/** Removes the first field of an object or of each object in a list, or the named field at any depth. */
export const withoutField =
  (field: string | null): Alteration =>
  (text) =>
    JSON.stringify(field === null ? withoutFirst(JSON.parse(text)) : without(field, JSON.parse(text)));

/** Turns this field of an object into a string. */
export const withString =
  (field: string): Alteration =>
  (text) => {
    const body: unknown = JSON.parse(text);
    if (!isObject(body) || typeof body[field] !== 'number') return text;
    return JSON.stringify({ ...body, [field]: String(body[field]) });
  };

function withoutFirst(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withoutFirst);
  return isObject(body) ? Object.fromEntries(Object.entries(body).slice(1)) : body;
}

function without(field: string, body: unknown): unknown {
  if (Array.isArray(body)) return body.map((each) => without(field, each));
  if (!isObject(body)) return body;
  const rest = Object.entries(body).filter(([name]) => name !== field);
  return Object.fromEntries(rest.map(([name, value]) => [name, without(field, value)]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
