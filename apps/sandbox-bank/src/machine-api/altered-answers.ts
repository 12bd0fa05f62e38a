import type { IncomingMessage } from 'node:http';

/** What is done to the text of an answer on its way out. */
type Alteration = (text: string) => string;

const alterations = new WeakMap<IncomingMessage, Alteration[]>();

/** The answer to this call goes out altered, whether it is a success or a refusal. */
export const alterAnswer = (request: IncomingMessage, alteration: Alteration): void =>
  void alterations.set(request, [...(alterations.get(request) ?? []), alteration]);

/** The payload as it goes out. */
export function alteredAnswer(request: IncomingMessage, payload: unknown): unknown {
  if (typeof payload !== 'string') return payload;
  return (alterations.get(request) ?? []).reduce((text, alteration) => alteration(text), payload);
}

/** Any beginning of an object or a list is no JSON. */
export const firstHalf: Alteration = (text) => text.slice(0, Math.ceil(text.length / 2));

/** An object, or each of a list of them, without its first field, or without the named one wherever it stands. */
export const withoutField =
  (field: string | null): Alteration =>
  (text) =>
    JSON.stringify(field === null ? withoutFirst(JSON.parse(text)) : without(field, JSON.parse(text)));

/** With this field as a string, where an object has it. */
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
  const kept = Object.entries(body).filter(([name]) => name !== field);
  return Object.fromEntries(kept.map(([name, value]) => [name, without(field, value)]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
