import { FAULT_NAMES } from '../../model/faults/faults.js';
import type { ControlPage } from './control-page.js';
import { renderControlPage } from './document.js';

const PAGE: ControlPage = {
  origin: 'http://127.0.0.1:8080',
  customers: [],
  pairs: [],
  totals: {
    authorizationCodeGrants: 0,
    refreshGrants: 0,
    refreshReplays: 0,
    codeReplays: 0,
    probesAfterLostAnswer: 0,
    doubleSpends: 0,
    livePairs: 0,
  },
  faults: [],
  outcomes: [],
  clock: { now: '2026-01-01T00:00:00.000Z', ahead_seconds: 0 },
  assumptions: { contract: 'current', items: [] },
  done: null,
  refused: null,
};
const HOSTILE = `"><script>alert(1)</script>`;

describe('the developer’s page', () => {
  it('shows what others have named as text, whatever it is', () => {
    const page = renderControlPage({
      ...PAGE,
      pairs: [
        {
          brand: 'belfius',
          clientId: HOSTILE,
          psuId: 'marie-dubois',
          psuName: 'Marie Dubois',
          scope: 'AIS',
          generation: 1,
          ibans: [],
          accessExpiresAt: new Date(0),
          consentExpiresAt: new Date(0),
        },
      ],
      refused: {
        form: 'faults',
        values: { times: HOSTILE },
        detail: HOSTILE,
        errors: [{ field: 'times', detail: HOSTILE }],
      },
    });
    expect(page).toContain('&lt;script');
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toContain('<script src="/sandbox/page/live.js" defer></script>');
  });

  it('gives for every fault a command that sets it', () => {
    const text = renderControlPage(PAGE).replaceAll('&quot;', '"').replaceAll('&#39;', "'");
    const commands = [
      ...text.matchAll(/curl -X PUT http:\/\/127\.0\.0\.1:8080\/sandbox\/faults [^<]*? -d '(\{.*?\})'/g),
    ];
    const set = commands.map(([, json]) => JSON.parse(json ?? '') as { name: string; times: number });
    expect(set.map(({ name }) => name)).toEqual(FAULT_NAMES);
    expect(set.every(({ times }) => times === 1)).toBe(true);
  });

  it('says in one line how often something was spent twice, in how many faults, and lists careful probes apart', () => {
    const outcomes = [
      { name: 'rotate_then_drop', strikes: 3, doubleSpends: 0, probes: 3 },
      { name: 'slow', strikes: 1, doubleSpends: 0, probes: 1 },
    ] as const;
    const totals = { ...PAGE.totals, probesAfterLostAnswer: 3 };
    const page = renderControlPage({ ...PAGE, totals, outcomes });
    expect(page).toMatch(
      /id="verdict" data-live[^>]* class="good"><p class="headline">0 double spends in 4 faults</,
    );
    expect(page).toContain('3 careful probes after a lost answer, counted apart');
    expect(page).toContain('Applied 3 times; since then 0 double spends, 3 careful probes.');
    const spent = renderControlPage({ ...PAGE, totals: { ...totals, doubleSpends: 1 }, outcomes });
    expect(spent).toMatch(/class="bad"><p class="headline">1 double spend in 4 faults</);
  });

  it('says where the faults of a developer’s input are', () => {
    const page = renderControlPage({
      ...PAGE,
      refused: {
        form: 'clock',
        values: {},
        detail: 'No.',
        errors: [{ field: 'advance_seconds', detail: 'no' }],
      },
    });
    expect(page).toMatch(/<title>Error: /);
    expect(page).toMatch(/id="clock".*role="alert".*No\..*aria-invalid="true"/);
  });
});
