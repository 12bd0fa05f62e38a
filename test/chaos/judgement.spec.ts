import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@consent-hub/psd2-protocol';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import type { Evidence, Pause } from '../support/chaos/evidence.js';
import { hexHashOf, type TokenCall } from '../support/chaos/relay.js';
import { judge } from '../support/chaos/judgement.js';

const vault = new TokenVault(KeyRing.parse(`test:${randomBytes(32).toString('base64')}`));
const ID = '0190a000-0000-7000-8000-000000000001';
const LEDGER = { authorization_code_grants: 0, refresh_grants: 0, refresh_replays: 0, code_replays: 0 };

/** The hub spent `refresh-1` and was handed `refresh-2` at the moment 110. */
const CALL: TokenCall = {
  by: 'hub-1',
  brand: 'belfius',
  grantType: 'refresh_token',
  spent: hexHashOf('refresh-1'),
  sentAt: 100,
  answer: { status: 200, granted: hexHashOf('refresh-2'), handedOverAt: 110 },
  endedAt: 110,
  closedAt: null,
};
const UNANSWERED: TokenCall = { ...CALL, answer: null, endedAt: 120, closedAt: 120 };
const REFUSED: TokenCall = {
  ...CALL,
  sentAt: 9_000,
  answer: { status: 401, granted: null, handedOverAt: 9_010 },
  endedAt: 9_010,
};

interface Story {
  readonly state?: string;
  readonly reason?: string | null;
  /** What the hub holds. */
  readonly held?: string;
  readonly calls?: readonly TokenCall[];
  readonly diedAt?: number;
  readonly paused?: Pause;
  /** Whether the bank has ended the pair. */
  readonly killed?: boolean;
  readonly replays?: number;
  readonly spooled?: string;
}

describe('the judgement on a run', () => {
  const directory = mkdtempSync(join(tmpdir(), 'consent-hub-judgement-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  /** The bank has the pair with `refresh-2`. */
  function evidenceOf(story: Story): Evidence {
    const { held = 'refresh-2', state = 'refreshed', reason = null, replays = 0, killed = false } = story;
    const generation = Number(held.at(-1));
    const refreshToken = vault.seal(new Secret(held), {
      consentId: ID,
      purpose: 'refresh_token',
      generation,
    });
    const pair = { psuId: 'psu', refreshHash: hexHashOf('refresh-2'), generation: 2, killed };
    const consent = { id: ID, state, reason, generation, refreshToken };
    const spool = join(directory, story.spooled ? 'full' : 'empty');
    return {
      consents: [{ id: ID, brand: 'belfius', psuId: 'psu' }],
      bank: rows([{ ...pair, rotated: [hexHashOf('refresh-1')] }]),
      hub: rows([{ ...consent, resolved: 0, open: 0 }]),
      vault,
      calls: story.calls ?? [CALL],
      deaths: new Map([['hub-1', story.diedAt === undefined ? [] : [story.diedAt]]]),
      pauses: new Map([['hub-1', story.paused ? [story.paused] : []]]),
      spoolDirectories: [spool],
      ledger: { before: LEDGER, after: { ...LEDGER, refresh_grants: 1, refresh_replays: replays } },
    };
  }

  // The same rows for every query.
  const rows = (found: object[]): Evidence['bank'] => ({ query: () => Promise.resolve(found as never[]) });

  const LOST = { state: 'failed', reason: 'rotation_lost', held: 'refresh-1' } as const;

  it('finds nothing wrong with a pair that the hub holds', async () => {
    expect(await judge(evidenceOf({}))).toMatchObject({ refreshes: 1, lost: 0, violations: [] });
  });

  it('blames the hub for a pair whose answer a living process had', async () => {
    expect((await judge(evidenceOf(LOST))).violations).toEqual([
      expect.stringMatching(/^lost though received, an unlimited time before/),
    ]);
  });

  it('blames the hub for a pair that is in the spool, though the process was killed at once', async () => {
    const spooled = givenSpool();
    const { violations } = await judge(evidenceOf({ ...LOST, diedAt: 111, spooled }));
    expect(violations).toEqual([expect.stringMatching(/^lost though spooled/)]);
  });

  /** In which the answer lies, and a line that was never finished. */
  function givenSpool(): string {
    const spooled = join(directory, 'full');
    const answers = [[ID, ID, 1, JSON.stringify({ refresh_token: 'refresh-2' })]];
    const binding = { consentId: '', purpose: 'spooled_answers', generation: 0 } as const;
    const sealed = vault.seal(new Secret(JSON.stringify(answers)), binding);
    const line = { requests: [], sealed: sealed.toString('base64') };
    mkdirSync(spooled, { recursive: true });
    writeFileSync(join(spooled, 'a.answers'), `\n${JSON.stringify(line)}\n{"torn`);
    return spooled;
  }

  it('excuses a pair whose answer never came, or came as the process was killed', async () => {
    const notReceived = await judge(evidenceOf({ ...LOST, calls: [UNANSWERED], diedAt: 120 }));
    expect(notReceived).toMatchObject({
      lost: 1,
      lostNotReceived: 1,
      lostAtTheLastMoment: 0,
      violations: [],
    });
    const late = await judge(evidenceOf({ ...LOST, diedAt: 140 }));
    expect(late).toMatchObject({
      lostNotReceived: 0,
      lostAtTheLastMoment: 1,
      longestMomentMs: 30,
      violations: [],
    });
  });

  it('does not excuse a hub that takes a lost pair for a live one', async () => {
    const story = { held: 'refresh-1', calls: [UNANSWERED], diedAt: 120 };
    expect((await judge(evidenceOf(story))).violations).toEqual([
      expect.stringMatching(/^not known to be lost/),
    ]);
  });

  it('distinguishes a careful probe from a token spent twice', async () => {
    const probe = await judge(evidenceOf({ ...LOST, calls: [UNANSWERED, REFUSED], diedAt: 120, replays: 1 }));
    expect(probe).toMatchObject({ replays: 1, probes: 1, violations: [] });
    const twice = await judge(evidenceOf({ calls: [CALL, REFUSED], replays: 1 }));
    expect(twice).toMatchObject({
      probes: 0,
      violations: [expect.stringMatching(/whose answer was received$/)],
    });
    const atOnce = await judge(evidenceOf({ calls: [CALL, { ...REFUSED, sentAt: 105 }], replays: 1 }));
    expect(atOnce.violations).toEqual([expect.stringMatching(/while that call was under way$/)]);
  });

  it('blames a hub for a pair that the bank ended because its former token was spent twice', async () => {
    const story = { killed: true, calls: [CALL, REFUSED], replays: 1 };
    expect(await judge(evidenceOf(story))).toMatchObject({
      lost: 1,
      violations: [
        expect.stringMatching(/^ended by a token that was spent twice/),
        expect.stringMatching(/whose answer was received$/),
      ],
    });
    const probed = await judge(
      evidenceOf({ ...LOST, killed: true, calls: [UNANSWERED, REFUSED], replays: 1 }),
    );
    expect(probed).toMatchObject({ lost: 1, lostNotReceived: 1, violations: [] });
  });

  it('does not blame a hub for an answer that came while its process was paused', async () => {
    const story = { killed: true, calls: [CALL, REFUSED], replays: 1, spooled: givenSpool() };
    const paused = await judge(evidenceOf({ ...story, paused: { from: 90, to: 20_000 } }));
    expect(paused).toMatchObject({ lost: 1, replays: 1, probes: 1, violations: [] });
    const continued = await judge(evidenceOf({ ...story, paused: { from: 90, to: 5_000 } }));
    expect(continued.violations).toContainEqual(expect.stringMatching(/whose answer was received$/));
  });

  it('does not believe a relay that saw fewer replays than the bank', async () => {
    expect((await judge(evidenceOf({ replays: 1 }))).violations).toEqual(['1 replays that no relay saw']);
  });
});
