import { CONSENT_STATES, type PersonConsent, type PersonEvent } from '@consent-hub/consent';
import { kindOf } from './history.js';
import { missingAccounts, outcomeOf } from './outcome.js';
import { wordsOf } from './search-words.js';
import { colourOf, daysLeft, isRenewable, statusOf } from './status.js';
import { PSU_TEXTS } from './texts/psu-texts.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);
const consent = (fields: Partial<PersonConsent>): PersonConsent => ({
  ...{ id: 'c', brand: 'belfius', scope: 'AIS', purpose: null, language: null },
  ...{ state: 'active', stateReason: null, createdAt: NOW, authorizedAt: NOW, activatedAt: NOW },
  ...{ endedAt: null, consentExpiresAt: inDays(100), lastUsedAt: null },
  ...{ isInDoubt: false, areAccountsKnown: true, ibans: [] },
  ...fields,
});

describe('the status that a person reads', () => {
  it.each([
    [{ state: 'active' }, 'live', 'live'],
    [{ state: 'refreshed' }, 'live', 'live'],
    [{ consentExpiresAt: inDays(14) }, 'ending', 'live'],
    [{ isInDoubt: true }, 'doubt', 'doubt'],
    [{ state: 'authorized' }, 'waiting', 'waiting'],
    [{ state: 'failed' }, 'lost', 'lost'],
    [{ state: 'superseded' }, 'renewed', 'ended'],
    [{ state: 'revoked', stateReason: 'withdrawn_by_psu' }, 'stopped', 'ended'],
    [{ state: 'revoked', stateReason: 'withdrawn_at_bank' }, 'stopped_at_bank', 'ended'],
    [{ state: 'revoked', stateReason: 'withdrawn_by_tpp' }, 'stopped_by_tpp', 'ended'],
    [{ state: 'expired', stateReason: 'validity_ended' }, 'over', 'ended'],
  ] as const)('of %j is %s, in the colour of %s', (fields, status, colour) => {
    expect(statusOf(consent(fields), NOW)).toBe(status);
    expect(colourOf(status)).toBe(colour);
  });

  it.each([
    [-1, 0],
    [0, 0],
    [0.1, 1],
    [1, 1],
    [13.5, 14],
    [14.01, 15],
  ])('counts a day that has begun: %d days are %i', (days, left) => {
    expect(daysLeft({ consentExpiresAt: inDays(days) }, NOW)).toBe(left);
  });

  it('lets accounts and funds be renewed from 14 days before the end, while they live', () => {
    const near = { consentExpiresAt: inDays(14) };
    expect(isRenewable(consent(near), NOW)).toBe(true);
    expect(isRenewable(consent({ ...near, scope: 'CAF' }), NOW)).toBe(true);
    expect(isRenewable(consent({ ...near, scope: 'PIS' }), NOW)).toBe(false);
    expect(isRenewable(consent({ consentExpiresAt: inDays(14.01) }), NOW)).toBe(false);
    for (const state of CONSENT_STATES.filter((one) => one !== 'active' && one !== 'refreshed'))
      expect(isRenewable(consent({ ...near, state }), NOW)).toBe(false);
  });
});

describe('what a person reads who comes back from the bank', () => {
  const never = { activatedAt: null };
  it.each([
    [{ state: 'active' }, [], 'done'],
    [{ state: 'refreshed' }, ['BE49068223114171'], 'done_fewer'],
    [{ state: 'revoked' }, [], 'ended'],
    [{ ...never, state: 'initiated' }, [], 'waiting'],
    [{ ...never, state: 'authorized' }, [], 'in_progress'],
    [{ ...never, state: 'expired', stateReason: 'link_timeout' }, [], 'timed_out'],
    [{ ...never, state: 'expired', stateReason: 'replaced' }, [], 'replaced'],
    [{ ...never, state: 'rejected', stateReason: 'psu_refused' }, [], 'cancelled'],
    [{ ...never, state: 'rejected', stateReason: 'authorization_failed' }, [], 'failed'],
    [{ ...never, state: 'failed', stateReason: 'code_refused' }, [], 'failed'],
  ] as const)('of %j without %j is %s', (fields, missing, outcome) => {
    expect(outcomeOf(consent(fields), missing)).toBe(outcome);
  });

  it('names the accounts that are missing once the bank has listed those that are there', () => {
    const before = consent({ ibans: ['A', 'B'] });
    expect(missingAccounts(consent({ ibans: ['B', 'C'] }), before)).toEqual(['A']);
    expect(missingAccounts(consent({ areAccountsKnown: false }), before)).toEqual([]);
    expect(missingAccounts(consent({}), null)).toEqual([]);
  });
});

describe('the history that a person reads', () => {
  const entry = (fields: Partial<PersonEvent>): PersonEvent => ({
    ...{
      at: NOW,
      type: 'state_changed',
      from: null,
      to: null,
      reason: null,
      actor: 'hub:test',
      data: {},
      isOfRenewal: false,
    },
    ...fields,
  });

  it.each([
    [{ type: 'opened' }, 'opened'],
    [{ type: 'opened', actor: 'psu' }, 'begun'],
    [{ type: 'sca_token_received' }, 'confirmed'],
    [{ type: 'grant_in_doubt' }, null],
    [{ to: 'authorized' }, 'authorized'],
    [{ to: 'active' }, 'began'],
    [{ to: 'active', isOfRenewal: true }, 'renewed'],
    [{ from: 'failed', to: 'refreshed' }, 'recovered'],
    [{ to: 'superseded' }, 'superseded'],
    [{ to: 'revoked', reason: 'withdrawn_by_psu' }, 'stopped'],
    [{ to: 'revoked', reason: 'withdrawn_at_bank' }, 'stopped_at_bank'],
    [{ to: 'revoked', reason: 'withdrawn_by_tpp' }, 'stopped_by_tpp'],
    [{ to: 'expired', reason: 'validity_ended' }, 'over'],
    [{ to: 'expired', reason: 'link_timeout' }, 'link_over'],
    [{ to: 'rejected', reason: 'psu_refused' }, 'refused'],
    [{ to: 'rejected', reason: 'authorization_failed' }, 'failed_at_bank'],
    [{ to: 'failed', reason: 'rotation_lost' }, 'lost'],
  ] as const)('says of %j: %s', (fields, kind) => {
    expect(kindOf(entry(fields))).toBe(kind);
  });
});

describe('a search', () => {
  it('takes each word for a bank, a kind of access in any language, or a part of what is seen', () => {
    expect(wordsOf('  Belf   7034 ')).toEqual([
      { text: 'Belf', brands: ['belfius'], scopes: [] },
      { text: '7034', brands: [], scopes: [] },
    ]);
    expect(wordsOf('rekeninginf')).toEqual([{ text: 'rekeninginf', brands: [], scopes: ['AIS'] }]);
    expect(wordsOf(' ')).toEqual([]);
    expect(wordsOf('a '.repeat(50))).toHaveLength(6);
  });
});

describe('the texts', () => {
  /** Every text below, with its path. */
  function textsOf(node: unknown, path = ''): (readonly [path: string, text: string])[] {
    if (typeof node === 'string') return [[path, node]];
    if (typeof node === 'function')
      return textsOf((node as (...names: unknown[]) => unknown)(7, 7), `${path}()`);
    return Object.entries(node as object).flatMap(([key, value]) => textsOf(value, `${path}.${key}`));
  }

  it('are there in every language, each in its own words', () => {
    const paths = textsOf(PSU_TEXTS.en).map(([path]) => path);
    for (const [language, texts] of Object.entries(PSU_TEXTS)) {
      const all = textsOf(texts);
      expect([language, all.map(([path]) => path)]).toEqual([language, paths]);
      expect(all.filter(([, text]) => text.trim() === '' || /undefined|\[object/.test(text))).toEqual([]);
    }
    const english = new Map(textsOf(PSU_TEXTS.en));
    const same = textsOf(PSU_TEXTS.fr).filter(([path, text]) => english.get(path) === text);
    expect(same).toEqual([]);
  });
});
