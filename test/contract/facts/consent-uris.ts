interface LanguageFact {
  readonly asked: string | null;
  readonly answered: readonly string[];
  readonly source: string;
}

const REFERENCE = 'bank page "reference": consent-uris';
const ASSUMED = 'assumed: the bank’s page is silent';

/** One link for a language that the bank has, and all of them for anything else. */
export const LANGUAGE_FACTS: readonly LanguageFact[] = [
  { asked: 'fr', answered: ['fr'], source: REFERENCE },
  { asked: 'nl', answered: ['nl'], source: REFERENCE },
  { asked: null, answered: ['fr', 'nl'], source: REFERENCE },
  { asked: 'en', answered: ['fr', 'nl'], source: REFERENCE },
  { asked: 'FR', answered: ['fr'], source: ASSUMED },
  { asked: 'fr-BE', answered: ['fr', 'nl'], source: ASSUMED },
  { asked: 'nl,fr;q=0.5', answered: ['fr', 'nl'], source: ASSUMED },
  { asked: '', answered: ['fr', 'nl'], source: ASSUMED },
  { asked: 'nl, fr;q=0.8', answered: ['fr', 'nl'], source: ASSUMED },
];

/**
 * The first is the bank's own spelling; the others say the same (RFC 9110 section 8.3.1), or more, to which the bank is
 * assumed not to listen.
 */
export const ACCEPT_SPELLINGS = [
  'application/vnd.belfius.api+json; version=4',
  'application/vnd.belfius.api+json;version=4',
  'application/vnd.belfius.api+json ;  version = 4',
  'application/vnd.belfius.api+json; version="4"',
  'Application/VND.belfius.API+json; Version=4',
  'application/vnd.belfius.api+json; version=4; charset=utf-8',
  'application/vnd.belfius.api+json;version=4;q=0.9, */*;q=0.1',
  'application/json, application/vnd.belfius.api+json; version=4',
];

/** Paths of the bank's production and of its own sandbox; known clients call either. */
export const BASE_PATHS = ['', '/sandbox/psd2'];
