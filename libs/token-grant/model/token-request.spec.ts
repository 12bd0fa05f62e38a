import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import type { Weakening } from './rules.js';
import { SCENARIOS, SETTINGS } from './scenarios.js';
import { explore, walk, type Search, type Walk } from './search.js';
import type { Setting } from './state.js';

/** MODEL_STATES=500000 searches deeper, MODEL_RUNS=20000 makes the histories more, MODEL_SEED repeats those of a run. */
const STATES = Number(process.env['MODEL_STATES'] ?? 2_500);
const RUNS = Number(process.env['MODEL_RUNS'] ?? 40);
const SEED = Number(process.env['MODEL_SEED'] ?? randomInt(2 ** 31));
const FIXED_SEED = 20_261_127;
const WITHIN_MS = 240_000;
/** More than any weakening needs. */
const ENOUGH = 40_000;

const PROTOCOL: ReadonlySet<Weakening> = new Set();
const shown = ({ violation, trace }: Search | Walk): string =>
  violation === null ? 'no violation' : [violation, ...trace].join('\n  ');

const EVERYTHING: Setting = {
  machines: [0, 0, 1],
  consents: 2,
  lastGeneration: 4,
  faults: { crash: 2, shutdown: 1, outage: 1, restart: 1, failover: 2, cut: 2, jump: 1 },
};
const SETTINGS_OF_WALKS: readonly Setting[] = [
  EVERYTHING,
  { ...EVERYTHING, machines: [0, 1], consents: 1 },
  { ...EVERYTHING, machines: [0, 1, 2], consents: 1, idle: [2] },
];

describe('the protocol of a token request', () => {
  it.each(Object.entries(SETTINGS))(
    'sends no pair twice and loses none: %s',
    (_, setting) => {
      expect(shown(explore(setting, PROTOCOL, STATES))).toBe('no violation');
    },
    WITHIN_MS,
  );

  it.each([
    ['a fixed seed', FIXED_SEED],
    ['a seed of chance', SEED],
  ])(
    'sends no pair twice, loses none and gets stuck nowhere in histories of chance, from %s',
    (_, seed) => {
      process.stderr.write(`token request model: MODEL_SEED=${seed}\n`);
      const choices = fc.array(fc.nat(), { minLength: 40, maxLength: 160, size: 'max' });
      fc.assert(
        fc.property(fc.constantFrom(...SETTINGS_OF_WALKS), choices, (setting, chosen) => {
          const found = walk(setting, PROTOCOL, chosen);
          if (found.violation !== null) throw new Error(shown(found));
        }),
        { seed, numRuns: RUNS, endOnFailure: true },
      );
    },
    WITHIN_MS,
  );
});

describe('a weakened protocol', () => {
  it.each(Object.entries(SCENARIOS))(
    'is caught where the protocol itself holds: %s',
    (weakening, { setting }) => {
      const weak = new Set([weakening as Weakening]);
      expect(explore(setting, weak, ENOUGH).violation ?? walk(setting, weak, []).violation).not.toBeNull();
      expect(shown(explore(setting, PROTOCOL, STATES))).toBe('no violation');
      expect(walk(setting, PROTOCOL, []).violation).toBeNull();
    },
    WITHIN_MS,
  );
});
