import fc from 'fast-check';
import {
  countOf,
  heldIn,
  NOTHING,
  step,
  type GuardReport,
  type GuardSettings,
  type GuardState,
} from './guard-state.js';

const SETTINGS: GuardSettings = {
  instance: 'a',
  failures: 5,
  window: 20,
  canaryMs: 60_000,
  permitMs: 150_000,
};
const NEW: GuardState = {
  status: 'closed',
  allowance: 0,
  recent: [],
  underWay: {},
  canaryFailures: 0,
  nextCanaryAt: null,
  reportedAt: null,
  resumedAt: null,
};

type Noticed = Partial<Omit<GuardReport, 'held'>> & { readonly returned?: number };

/** One guard, as its replicas change it one after the other. */
class Guard {
  state = NEW;
  now = 1_000_000;

  take(wanted: number, instance = 'a'): number {
    return this.change({}, wanted, instance).granted;
  }

  change({ returned = 0, ...report }: Noticed, wanted = 0, instance = 'a') {
    const held = Math.max(0, heldIn(this.state, instance) - returned);
    const settings = { ...SETTINGS, instance };
    const done = step(this.state, { ...NOTHING, ...report, held }, wanted, this.now, settings);
    this.state = done.next;
    return done;
  }

  /** Refreshes of the one instance end. */
  end(outcomes: Noticed, instance = 'a') {
    return this.change(outcomes, 0, instance);
  }

  opened(): this {
    this.take(32);
    this.end({ returned: 5, bad: ['1', '2', '3', '4', '5'] });
    return this;
  }

  /** A canary is under way. */
  withCanary(): this {
    this.opened().now += 60_000;
    expect(this.take(32)).toBe(1);
    return this;
  }
}

describe('the guard of scheduled refreshes', () => {
  it('lets begin as many as may fail, whoever asks and however often', () => {
    const guard = new Guard();
    expect([guard.take(3, 'a'), guard.take(32, 'b'), guard.take(32, 'c'), guard.take(1, 'a')]).toEqual([
      3, 2, 0, 0,
    ]);
  });

  it('doubles with good outcomes, up to twice what is under way', () => {
    const guard = new Guard();
    const granted = [];
    for (let under = guard.take(32); granted.length < 5;) {
      granted.push(under);
      under = guard.change({ returned: under, good: under }, 32).granted;
    }
    expect(granted).toEqual([5, 10, 20, 32, 32]);
  });

  it('begins anew after a pause, and after one bad outcome', () => {
    const guard = new Guard();
    guard.take(32);
    expect(guard.change({ returned: 5, good: 5 }, 32).granted).toBe(10);
    guard.end({ returned: 10, good: 10 });
    guard.now += 4_000;
    expect(guard.take(32)).toBe(5);
    guard.end({ returned: 5, good: 5 });
    expect(guard.state.allowance).toBe(10);
    guard.take(1);
    guard.end({ returned: 1, bad: ['1'] });
    expect(guard.take(32)).toBe(4);
  });

  it('opens at the last failure that it allows, and names the consents that it cost', () => {
    const guard = new Guard();
    guard.take(32);
    expect(guard.end({ returned: 4, bad: ['1', '2', '3', '4'] })).toMatchObject({
      next: { status: 'closed' },
      openedBy: null,
    });
    expect(guard.end({ returned: 1, bad: ['5'] })).toMatchObject({
      next: { status: 'open', allowance: 0 },
      openedBy: ['1', '2', '3', '4', '5'],
    });
    expect(guard.take(32)).toBe(0);
  });

  it('forgets failures that lie further back than its window', () => {
    const guard = new Guard();
    guard.end({ returned: 0, bad: ['1', '2', '3', '4'] });
    guard.end({ returned: 0, good: 20 });
    guard.end({ returned: 0, bad: ['5', '6', '7', '8'] });
    expect(guard.state.status).toBe('closed');
  });

  it('minds neither what was never sent nor what tells of an earlier loss', () => {
    const guard = new Guard();
    guard.take(5);
    guard.end({ returned: 5, told: 5 });
    expect(guard.state).toMatchObject({ status: 'closed', recent: [], allowance: 5 });
    expect(guard.take(32)).toBe(5);
  });

  it('counts the refreshes of a replica that has died until they can no longer be under way', () => {
    const guard = new Guard();
    guard.take(3, 'dead');
    expect(guard.take(32)).toBe(2);
    guard.end({ returned: 2 });
    guard.now += SETTINGS.permitMs;
    expect(guard.take(32)).toBe(5);
  });

  it('believes a replica what it has under way: what a broken connection left unsaid is put right', () => {
    const guard = new Guard();
    guard.take(5);
    const restarted = step(guard.state, NOTHING, 32, guard.now, SETTINGS);
    expect(restarted).toMatchObject({ granted: 5, next: { underWay: { a: { count: 5 } } } });
  });

  describe('once open', () => {
    it('sends one canary at a time, and doubles the wait with each that fails', () => {
      const guard = new Guard().opened();
      const waits = [];
      for (let last = guard.now; waits.length < 4; last = guard.now) {
        while (guard.take(32) === 0) guard.now += 1_000;
        expect(guard.take(32, 'b')).toBe(0);
        waits.push((guard.now - last) / 1000);
        guard.end({ returned: 1, bad: ['x'] });
      }
      expect(waits).toEqual([60, 120, 240, 480]);
    });

    it('never waits longer than an hour', () => {
      const guard = new Guard().withCanary();
      guard.state = { ...guard.state, canaryFailures: 30 };
      guard.end({ returned: 1, bad: ['x'] });
      expect(guard.state.nextCanaryAt).toBe(guard.now + 3_600_000);
    });

    it('learns nothing from refreshes that began before', () => {
      const guard = new Guard();
      guard.state = {
        ...NEW,
        allowance: 20,
        reportedAt: guard.now,
        underWay: { a: { count: 10, lapsesAt: 2e6 } },
      };
      guard.end({ returned: 5, bad: ['1', '2', '3', '4', '5'] });
      guard.end({ returned: 5, good: 5 });
      expect(guard.state).toMatchObject({ status: 'open', underWay: {} });
    });

    it('waits as long again for a canary that was never sent, and for one that was lost', () => {
      const guard = new Guard().withCanary();
      guard.end({ returned: 1 });
      expect(guard.state).toMatchObject({ canaryFailures: 0, nextCanaryAt: guard.now + 60_000 });
      guard.now += 60_000;
      expect(guard.take(1, 'dead')).toBe(1);
      guard.now += SETTINGS.permitMs;
      expect(guard.take(32)).toBe(1);
    });

    it('tries another at once when the canary was a pair lost before', () => {
      const guard = new Guard().withCanary();
      guard.end({ returned: 1, told: 1 });
      expect(guard.take(32)).toBe(1);
    });

    it('goes on by a canary that came back well: few at first, then as ever', () => {
      const guard = new Guard().withCanary();
      const granted = [];
      for (let under = 1; guard.state.status !== 'closed'; granted.push(under)) {
        under = guard.change({ returned: under, good: under }, 32).granted;
      }
      expect(granted).toEqual([1, 2, 4, 5]);
      expect(guard.state).toMatchObject({ recent: Array.from({ length: 7 }, () => ''), canaryFailures: 0 });
    });

    it('takes a refresh that somebody asked for as its canary', () => {
      const guard = new Guard().opened();
      guard.change({ goodOnDemand: 1 });
      expect(guard.state.status).toBe('half_open');
      expect(guard.take(32)).toBe(1);
    });

    it('opens again at the first failure while it is only half closed', () => {
      const guard = new Guard().withCanary();
      guard.change({ returned: 1, good: 1 });
      guard.take(1);
      const done = guard.end({ returned: 1, bad: ['x'] });
      expect(done).toMatchObject({ next: { status: 'open', canaryFailures: 1 }, openedBy: ['x'] });
    });
  });

  it('lets a bank that burns or refuses every pair have no more than is allowed, at any interleaving of replicas', () => {
    const action = fc.record({
      instance: fc.constantFrom('a', 'b', 'c'),
      wanted: fc.nat({ max: 40 }),
      ended: fc.nat({ max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), fc.boolean(), (actions, isRefused) => {
        const guard = new Guard();
        const underWay: Record<string, number> = { a: 0, b: 0, c: 0 };
        let begun = 0;
        let over = 0;
        for (const { instance, wanted, ended } of actions) {
          const own = underWay[instance] ?? 0;
          const returned = Math.min(ended, own);
          const ids = Array.from({ length: returned }, () => String(over++));
          const { granted } = guard.change(
            { returned, ...(isRefused ? { refused: ids } : { bad: ids }) },
            wanted,
            instance,
          );
          underWay[instance] = own - returned + granted;
          begun += granted;
          expect(countOf(guard.state)).toBe(underWay['a']! + underWay['b']! + underWay['c']!);
        }
        expect(begun).toBeLessThanOrEqual(SETTINGS.failures);
      }),
    );
  });
});
