import fc from 'fast-check';
import { countOf, heldIn, step } from './circuit-breaker-state.js';
import { EMPTY_REPORT, type CircuitBreakerReport } from './circuit-breaker-report.js';
import { NEW, SETTINGS } from '../../testing/circuit-breaker.harness.js';

type Noticed = Partial<Omit<CircuitBreakerReport, 'held'>> & { readonly returned?: number };

/** One circuit breaker, as its replicas change it one after the other. */
class Breaker {
  state = NEW;
  now = 1_000_000;

  take(wanted: number, instance = 'a'): number {
    return this.change({}, wanted, instance).granted;
  }

  change({ returned = 0, ...report }: Noticed, wanted = 0, instance = 'a') {
    const held = Math.max(0, heldIn(this.state, instance) - returned);
    const settings = { ...SETTINGS, instance };
    const done = step(this.state, { ...EMPTY_REPORT, ...report, held }, wanted, this.now, settings);
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

describe('the circuit breaker of scheduled refreshes', () => {
  it('permits as many refreshes as may fail, for any number of replicas and requests', () => {
    const breaker = new Breaker();
    expect([
      breaker.take(3, 'a'),
      breaker.take(32, 'b'),
      breaker.take(32, 'c'),
      breaker.take(1, 'a'),
    ]).toEqual([3, 2, 0, 0]);
  });

  it('doubles with good outcomes, up to twice what is under way', () => {
    const breaker = new Breaker();
    const granted = [];
    for (let under = breaker.take(32); granted.length < 5;) {
      granted.push(under);
      under = breaker.change({ returned: under, good: under }, 32).granted;
    }
    expect(granted).toEqual([5, 10, 20, 32, 32]);
  });

  it('begins anew after a pause, and after one bad outcome', () => {
    const breaker = new Breaker();
    breaker.take(32);
    expect(breaker.change({ returned: 5, good: 5 }, 32).granted).toBe(10);
    breaker.end({ returned: 10, good: 10 });
    breaker.now += 4_000;
    expect(breaker.take(32)).toBe(5);
    breaker.end({ returned: 5, good: 5 });
    expect(breaker.state.allowance).toBe(10);
    breaker.take(1);
    breaker.end({ returned: 1, bad: ['1'] });
    expect(breaker.take(32)).toBe(4);
  });

  it('opens at the last failure that it allows, and names the consents that it cost', () => {
    const breaker = new Breaker();
    breaker.take(32);
    expect(breaker.end({ returned: 4, bad: ['1', '2', '3', '4'] })).toMatchObject({
      next: { status: 'closed' },
      openedBy: null,
    });
    expect(breaker.end({ returned: 1, bad: ['5'] })).toMatchObject({
      next: { status: 'open', allowance: 0 },
      openedBy: ['1', '2', '3', '4', '5'],
    });
    expect(breaker.take(32)).toBe(0);
  });

  it('forgets failures that lie further back than its window', () => {
    const breaker = new Breaker();
    breaker.end({ returned: 0, bad: ['1', '2', '3', '4'] });
    breaker.end({ returned: 0, good: 20 });
    breaker.end({ returned: 0, bad: ['5', '6', '7', '8'] });
    expect(breaker.state.status).toBe('closed');
  });

  it('counts neither what was never sent nor what results from an earlier loss', () => {
    const breaker = new Breaker();
    breaker.take(5);
    breaker.end({ returned: 5, neutral: 5 });
    expect(breaker.state).toMatchObject({ status: 'closed', recent: [], allowance: 5 });
    expect(breaker.take(32)).toBe(5);
  });

  it('counts the refreshes of a replica that has ended until they can no longer be under way', () => {
    const breaker = new Breaker();
    breaker.take(3, 'dead');
    expect(breaker.take(32)).toBe(2);
    breaker.end({ returned: 2 });
    breaker.now += SETTINGS.permitMs;
    expect(breaker.take(32)).toBe(5);
  });

  it('believes a replica what it has under way: what a broken connection left unsaid is put right', () => {
    const breaker = new Breaker();
    breaker.take(5);
    const restarted = step(breaker.state, EMPTY_REPORT, 32, breaker.now, SETTINGS);
    expect(restarted).toMatchObject({ granted: 5, next: { underWay: { a: { count: 5 } } } });
  });

  describe('once open', () => {
    it('sends one canary at a time, and doubles the wait with each that fails', () => {
      const breaker = new Breaker().opened();
      const waits = [];
      for (let last = breaker.now; waits.length < 4; last = breaker.now) {
        while (breaker.take(32) === 0) breaker.now += 1_000;
        expect(breaker.take(32, 'b')).toBe(0);
        waits.push((breaker.now - last) / 1000);
        breaker.end({ returned: 1, bad: ['x'] });
      }
      expect(waits).toEqual([60, 120, 240, 480]);
    });

    it('never waits longer than an hour', () => {
      const breaker = new Breaker().withCanary();
      breaker.state = { ...breaker.state, canaryFailures: 30 };
      breaker.end({ returned: 1, bad: ['x'] });
      expect(breaker.state.nextCanaryAt).toBe(breaker.now + 3_600_000);
    });

    it('learns nothing from refreshes that began before', () => {
      const breaker = new Breaker();
      breaker.state = {
        ...NEW,
        allowance: 20,
        reportedAt: breaker.now,
        underWay: { a: { count: 10, lapsesAt: 2e6 } },
      };
      breaker.end({ returned: 5, bad: ['1', '2', '3', '4', '5'] });
      breaker.end({ returned: 5, good: 5 });
      expect(breaker.state).toMatchObject({ status: 'open', underWay: {} });
    });

    it('waits as long again for a canary that was never sent, and for one that was lost', () => {
      const breaker = new Breaker().withCanary();
      breaker.end({ returned: 1 });
      expect(breaker.state).toMatchObject({ canaryFailures: 0, nextCanaryAt: breaker.now + 60_000 });
      breaker.now += 60_000;
      expect(breaker.take(1, 'dead')).toBe(1);
      breaker.now += SETTINGS.permitMs;
      expect(breaker.take(32)).toBe(1);
    });

    it('tries another at once when the canary was a pair lost before', () => {
      const breaker = new Breaker().withCanary();
      breaker.end({ returned: 1, neutral: 1 });
      expect(breaker.take(32)).toBe(1);
    });

    it('resumes after a canary that succeeded: few refreshes at first, then all', () => {
      const breaker = new Breaker().withCanary();
      const granted = [];
      for (let under = 1; breaker.state.status !== 'closed'; granted.push(under)) {
        under = breaker.change({ returned: under, good: under }, 32).granted;
      }
      expect(granted).toEqual([1, 2, 4, 5]);
      expect(breaker.state).toMatchObject({ recent: Array.from({ length: 7 }, () => ''), canaryFailures: 0 });
    });

    it('takes a refresh on demand as its canary', () => {
      const breaker = new Breaker().opened();
      breaker.change({ goodOnDemand: 1 });
      expect(breaker.state.status).toBe('half_open');
      expect(breaker.take(32)).toBe(1);
    });

    it('opens again at the first failure while it is only half closed', () => {
      const breaker = new Breaker().withCanary();
      breaker.change({ returned: 1, good: 1 });
      breaker.take(1);
      const done = breaker.end({ returned: 1, bad: ['x'] });
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
        const breaker = new Breaker();
        const underWay: Record<string, number> = { a: 0, b: 0, c: 0 };
        let begun = 0;
        let over = 0;
        for (const { instance, wanted, ended } of actions) {
          const own = underWay[instance] ?? 0;
          const returned = Math.min(ended, own);
          const ids = Array.from({ length: returned }, () => String(over++));
          const { granted } = breaker.change(
            { returned, ...(isRefused ? { refused: ids } : { bad: ids }) },
            wanted,
            instance,
          );
          underWay[instance] = own - returned + granted;
          begun += granted;
          expect(countOf(breaker.state)).toBe(underWay['a']! + underWay['b']! + underWay['c']!);
        }
        expect(begun).toBeLessThanOrEqual(SETTINGS.failures);
      }),
    );
  });
});
