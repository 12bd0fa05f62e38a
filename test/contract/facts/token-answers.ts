import type { Scope } from '@consent-hub/psd2-protocol';

interface TokenAnswerFact {
  readonly scope: Scope;
  readonly version: string;
  /** The fields in addition to the pair, its type, its life and its scope. */
  readonly additional: { readonly code: readonly string[]; readonly refresh: readonly string[] };
  /** Today, or only where every age is served. */
  readonly isLive: boolean;
  readonly source: string;
}

const FLOWS = 'bank page "Flows"';
const RECORDED = 'recorded client';
const ASSUMED = 'assumed: the bank’s page is silent';

const ACCOUNT = ['iban', 'logical_id'];
const NOTHING = { code: [], refresh: [] };
const THE_ACCOUNT = { code: ACCOUNT, refresh: ACCOUNT };

/** What an answer of POST /token shows, by version and scope; `expires_in` is a string up to version 2. */
export const TOKEN_ANSWERS: readonly TokenAnswerFact[] = [
  { scope: 'AIS', version: '1', additional: THE_ACCOUNT, isLive: false, source: RECORDED },
  {
    scope: 'AIS',
    version: '1.1',
    additional: { code: [...ACCOUNT, 'sca_token'], refresh: ACCOUNT },
    isLive: false,
    source: RECORDED,
  },
  {
    scope: 'AIS',
    version: '2',
    additional: { code: [...ACCOUNT, 'sca_token'], refresh: ACCOUNT },
    isLive: false,
    source: RECORDED,
  },
  {
    scope: 'AIS',
    version: '3',
    additional: { code: ['sca_token'], refresh: [] },
    isLive: true,
    source: FLOWS,
  },
  { scope: 'CAF', version: '1', additional: THE_ACCOUNT, isLive: true, source: ASSUMED },
  { scope: 'CAF', version: '1.1', additional: THE_ACCOUNT, isLive: true, source: FLOWS },
  { scope: 'CAF', version: '2', additional: THE_ACCOUNT, isLive: true, source: FLOWS },
  { scope: 'PIS', version: '1', additional: NOTHING, isLive: true, source: ASSUMED },
  { scope: 'PIS', version: '1.1', additional: NOTHING, isLive: true, source: ASSUMED },
  { scope: 'PIS', version: '2', additional: NOTHING, isLive: true, source: ASSUMED },
  { scope: 'PIS', version: '3', additional: NOTHING, isLive: true, source: ASSUMED },
];

/** Which the bank's page forbids today. */
export const FORBIDDEN_TODAY: readonly { readonly scope: Scope; readonly version: string }[] = [
  { scope: 'AIS', version: '1' },
  { scope: 'AIS', version: '1.1' },
  { scope: 'AIS', version: '2' },
  { scope: 'CAF', version: '3' },
];

/** How they are refused; assumed: the bank's page is silent. */
export const FORBIDDEN_TODAY_CODE = 'GEN-1202-100002';

/** How each version words that the PSU has ended the consent. */
export const WITHDRAWN_WORDS: readonly {
  readonly scope: Scope;
  readonly version: string;
  readonly error: string;
  readonly code: string;
  readonly source: string;
}[] = [
  { scope: 'AIS', version: '1', error: 'no_active_consent', code: '20005', source: RECORDED },
  { scope: 'AIS', version: '1.1', error: 'no_active_consent', code: '20005', source: RECORDED },
  {
    scope: 'AIS',
    version: '2',
    error: 'NO_ACTIVE_CONSENT',
    code: 'B14800-3013-000000',
    source: RECORDED,
  },
  {
    scope: 'AIS',
    version: '3',
    error: 'NO_ACTIVE_CONSENT',
    code: 'B14800ZZ-3013-000000',
    source: 'bank page "error codes"',
  },
  {
    scope: 'CAF',
    version: '2',
    error: 'NO_ACTIVE_CONSENT',
    code: 'B14800ZZ-3013-000000',
    source: 'bank page "error codes"',
  },
  { scope: 'CAF', version: '1.1', error: 'no_active_consent', code: '20005', source: ASSUMED },
];
