import { SpanKind, type Span } from '@opentelemetry/api';
import { activeSpan, linksTo, startSpan } from './spans.js';

const LEADING_WORD = /^\s*(?:--[^\n]*\s*)*([A-Za-z]+)/;

/** A statement as pg takes it, with the span below which it is to stand, and others that it serves as well. */
interface TracedQuery {
  readonly name?: string;
  readonly text?: string;
  readonly below?: Span | readonly Span[];
}

/**
 * Begins the span of a statement: by its name, else by its first word. Never with its text or its values. A statement that
 * belongs to no span has none: alone it would say nothing.
 *
 * @param query text or configuration of pg
 * @param parent where the configuration names none
 */
export function startStatementSpan(query: unknown, parent: Span | undefined): Span | undefined {
  const { name, text, below = [] }: TracedQuery = typeof query === 'string' ? { text: query } : (query ?? {});
  const [own, ...others] = [below].flat() as readonly Span[];
  const above = own ?? parent ?? activeSpan();
  if (above === undefined) return undefined;
  const operation = LEADING_WORD.exec(text ?? '')?.[1]?.toUpperCase() ?? 'SQL';
  return startSpan(name ?? operation, {
    kind: SpanKind.CLIENT,
    parent: above,
    links: linksTo(others),
    attributes: { 'db.system.name': 'postgresql', 'db.operation.name': operation },
  });
}
