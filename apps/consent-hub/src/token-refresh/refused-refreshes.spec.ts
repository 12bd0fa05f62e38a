import fc from 'fast-check';
import { heldIn, step } from './circuit-breaker-state.js';
import { countOnce, EMPTY_REPORT, type CircuitBreakerReport } from './circuit-breaker-report.js';
import { NEW, SETTINGS } from '../../testing/circuit-breaker.harness.js';

type Ended = Partial<
  Pick<CircuitBreakerReport, 'good' | 'bad' | 'refused' | 'sharing' | 'neutral' | 'goodOnDemand'>
>;

/** One circuit breaker and the process that asks it. */
class Breaker {
  state = NEW;
  now = 1_000_000;

  take(wanted = 32) {
    return this.change({ ...EMPTY_REPORT, held: heldIn(this.state, 'a') }, wanted);
  }

  /** All that was under way has ended. */
  end(ended: Ended, wanted = 0) {
    return this.change({ ...EMPTY_REPORT, ...ended }, wanted);
  }

  /** The next canary is under way; how long it had to be waited for. */
  canary(): number {
    expect(this.state.status).toBe('open');
    const before = this.now;
    this.now = Math.max(this.now, this.state.nextCanaryAt ?? this.now);
    expect(this.take().granted).toBe(1);
    return this.now - before;
  }

  opened(): this {
    this.take();
    this.end({ refused: ['1', '2', '3', '4', '5'] });
    expect(this.state.status).toBe('open');
    return this;
  }

  private change(report: CircuitBreakerReport, wanted: number) {
    const done = step(this.state, report, wanted, this.now, SETTINGS);
    this.state = done.next;
    return done;
  }
}

describe('refusals', () => {
  it('count once for those that share a person or an account, in one report or in several', () => {
    const sharing = [
      ['a1', 'a2'],
      ['a2', 'a3'],
      ['b1', 'b2'],
    ];
    const report = { refused: ['a1', 'a2', 'b1', 'c', 'b2', 'c'], sharing, neutral: 1 };
    expect(countOnce(report, [])).toEqual({ refused: ['a1', 'b1', 'c'], sharing, neutral: 4 });
    expect(countOnce(report, ['b2', 'a3'])).toEqual({ refused: ['a1', 'c'], sharing, neutral: 5 });
  });

  it('count again once the one that counted lies further back than the window', () => {
    const breaker = new Breaker();
    const sharing = [['a1', 'a2']];
    breaker.end({ refused: ['a1'] });
    breaker.end({ refused: ['a2'], sharing });
    expect(breaker.state.recent).toEqual(['a1']);
    breaker.end({ good: 20 });
    breaker.end({ refused: ['a2'], sharing });
    expect(breaker.state.recent.filter((id) => id !== '')).toEqual(['a2']);
  });

  it('of as many persons as may fail open it, together with answers that were lost', () => {
    const breaker = new Breaker();
    breaker.take();
    breaker.end({ refused: ['1', '2'], bad: ['3', '4'] });
    expect(breaker.state.status).toBe('closed');
    breaker.take();
    expect(breaker.end({ refused: ['5'] })).toMatchObject({
      next: { status: 'open' },
      openedBy: ['3', '4', '1', '2', '5'],
    });
  });

  it('do not save an answer that was lost from counting, though it is of the same person', () => {
    const breaker = new Breaker();
    breaker.end({
      bad: ['a1', 'a2', 'a3', 'a4'],
      refused: ['a5'],
      sharing: [['a1', 'a2', 'a3', 'a4', 'a5']],
    });
    expect(breaker.state).toMatchObject({ status: 'closed', recent: ['a1', 'a2', 'a3', 'a4'] });
    breaker.end({ bad: ['a6'], sharing: [['a1', 'a6']] });
    expect(breaker.state.status).toBe('open');
  });

  it('that do not count make room, and none for more than before', () => {
    const breaker = new Breaker();
    expect(breaker.take().granted).toBe(5);
    const sharing = [['a1', 'a2', 'a3', 'a4', 'a5']];
    const done = breaker.end({ refused: ['a1', 'a2', 'a3', 'a4', 'a5'], sharing }, 32);
    expect(done).toMatchObject({ granted: 4, isAtRandom: true, next: { status: 'closed', recent: ['a1'] } });
  });
});

describe('a canary that is refused', () => {
  it('does not double the wait, until as many persons in a row were refused as may fail', () => {
    const breaker = new Breaker().opened();
    const waits = [];
    for (let number = 0; number < 8; number++) {
      waits.push(breaker.canary() / 1000);
      breaker.end({ refused: [`canary ${number}`] });
    }
    expect(waits).toEqual([60, 60, 60, 60, 60, 120, 240, 480]);
  });

  it('is followed at once by another when it shares a person or account with a canary before', () => {
    const breaker = new Breaker().opened();
    breaker.canary();
    breaker.end({ refused: ['a1'] });
    expect(breaker.canary()).toBe(60_000);
    breaker.end({ refused: ['a2'], sharing: [['a1', 'a2']] });
    expect(breaker.canary()).toBe(0);
    expect(breaker.state.recent).toEqual(['a1']);
  });

  it('leaves a doubled wait as it is: an answer that was lost doubled it', () => {
    const breaker = new Breaker().opened();
    breaker.canary();
    breaker.end({ bad: ['x'] });
    expect(breaker.canary()).toBe(120_000);
    breaker.end({ refused: ['y'] });
    expect(breaker.canary()).toBe(120_000);
  });

  it('counts from the beginning when the bank has answered well in between', () => {
    const breaker = new Breaker().opened();
    for (const id of ['1', '2', '3', '4']) {
      breaker.canary();
      breaker.end({ refused: [id] });
    }
    breaker.end({ goodOnDemand: 1 });
    expect(breaker.state).toMatchObject({ status: 'half_open', recent: [] });
  });
});

describe('while half-open', () => {
  const halfOpen = (): Breaker => {
    const breaker = new Breaker().opened();
    breaker.canary();
    breaker.end({ good: 1 });
    expect(breaker.state.status).toBe('half_open');
    return breaker;
  };

  it('continues past fewer refused persons than may fail, and remembers them when it closes', () => {
    const breaker = halfOpen();
    for (const id of ['a', 'b', 'c', 'd']) {
      expect(breaker.take().granted).toBe(1);
      breaker.end({ refused: [id] });
      expect(breaker.state.status).toBe('half_open');
    }
    for (let good = 0; good < 4; good++) {
      expect(breaker.take().granted).toBe(1);
      breaker.end({ good: 1 });
    }
    expect(breaker.state).toMatchObject({ status: 'closed', resumedAt: breaker.now });
    expect(breaker.take().granted).toBe(1);
    expect(breaker.end({ refused: ['e'] })).toMatchObject({ openedBy: ['a', 'b', 'c', 'd', 'e'] });
  });

  it('opens again when as many persons are refused as may fail, and waits twice as long', () => {
    const breaker = halfOpen();
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      expect(breaker.take().granted).toBe(1);
      breaker.end({ refused: [id] });
    }
    expect(breaker.canary()).toBe(120_000);
  });
});

describe('refreshes are drawn at random', () => {
  it('while anything counts, while it is not closed, and for ten minutes after', () => {
    const breaker = new Breaker();
    expect(breaker.take()).toMatchObject({ isAtRandom: false });
    expect(breaker.end({ refused: ['a'] }, 1)).toMatchObject({ isAtRandom: true });
    expect(breaker.end({ good: 20 }, 1)).toMatchObject({ isAtRandom: false });
    breaker.opened().now += 60_000;
    expect(breaker.take()).toMatchObject({ granted: 1, isAtRandom: true });
    expect(breaker.end({ good: 1 }, 1)).toMatchObject({ granted: 1, isAtRandom: true });
    expect(breaker.end({ good: 4 }, 1)).toMatchObject({ isAtRandom: true, next: { status: 'closed' } });
    breaker.end({ good: 20 });
    breaker.now += 599_000;
    expect(breaker.take(1)).toMatchObject({ isAtRandom: true });
    breaker.now += 1_000;
    expect(breaker.take(1)).toMatchObject({ isAtRandom: false });
  });
});

describe('a queue of due refreshes, in every order in which they are drawn', () => {
  interface Queue {
    readonly order: readonly string[];
    readonly isDead: (id: string) => boolean;
    readonly sharing?: CircuitBreakerReport['sharing'];
    readonly slots?: number;
  }

  /** Refreshes all of them, one batch after the other. */
  function run({ order, isDead, sharing = [], slots = 32 }: Queue) {
    const breaker = new Breaker();
    const waiting = [...order];
    const counts = { canaries: 0, openings: 0, refused: 0, good: 0 };
    let report: Ended = {};
    for (let steps = 0; waiting.length > 0 && steps < 10_000; steps++) {
      const { granted, openedBy } = breaker.end(report, slots);
      if (openedBy) counts.openings++;
      if (granted > 0 && breaker.state.status === 'open') counts.canaries++;
      const batch = waiting.splice(0, granted);
      const refused = batch.filter(isDead);
      report = { refused, sharing, good: batch.length - refused.length };
      counts.refused += refused.length;
      counts.good += batch.length - refused.length;
      breaker.now = Math.max(breaker.now, breaker.state.nextCanaryAt ?? 0);
    }
    return counts;
  }

  const queue = fc
    .record({ healthy: fc.integer({ min: 1, max: 80 }), dead: fc.integer({ min: 0, max: 60 }) })
    .chain(({ healthy, dead }) =>
      fc.shuffledSubarray(
        [
          ...Array.from({ length: healthy }, (_, number) => `healthy ${number}`),
          ...Array.from({ length: dead }, (_, number) => `dead ${number}`),
        ],
        { minLength: healthy + dead },
      ),
    );
  const slots = fc.integer({ min: 1, max: 32 });
  const isDead = (id: string): boolean => id.startsWith('dead');

  it('never opens for one person or account, however many dead pairs it has', () => {
    fc.assert(
      fc.property(queue, slots, (order, most) => {
        const counts = run({ order, isDead, sharing: [order.filter(isDead)], slots: most });
        const dead = order.filter(isDead).length;
        expect(counts).toEqual({ canaries: 0, openings: 0, refused: dead, good: order.length - dead });
      }),
    );
  });

  it('continues past dead pairs that share no account within as many canaries as they are, and one for each opening', () => {
    fc.assert(
      fc.property(queue, slots, (order, most) => {
        const counts = run({ order, isDead, slots: most });
        const dead = order.filter(isDead).length;
        expect(counts).toMatchObject({ refused: dead, good: order.length - dead });
        expect(counts.openings).toBeLessThanOrEqual(Math.floor(dead / SETTINGS.failures));
        expect(counts.canaries).toBeLessThanOrEqual(
          dead - counts.openings * SETTINGS.failures + counts.openings,
        );
      }),
    );
  });

  it('costs no more persons than may fail, and one for each canary, at a bank that refuses all of them', () => {
    fc.assert(
      fc.property(queue, slots, fc.integer({ min: 1, max: 3 }), (order, most, each) => {
        const sharing = order.map((_, index) =>
          order.slice(index - (index % each), index - (index % each) + each),
        );
        const breaker = new Breaker();
        const waiting = [...order];
        const persons = new Set<number>();
        let report: Ended = {};
        while (breaker.state.status === 'closed' && waiting.length > 0) {
          const { granted } = breaker.end(report, most);
          const refused = waiting.splice(0, granted);
          for (const id of refused) persons.add(Math.floor(order.indexOf(id) / each));
          report = { refused, sharing };
        }
        expect(persons.size).toBeLessThanOrEqual(SETTINGS.failures);
      }),
    );
  });

  it('spends few canaries in a night on a bank that refuses every refresh', () => {
    const breaker = new Breaker().opened();
    const began = breaker.now;
    let canaries = 0;
    for (;;) {
      breaker.canary();
      if (breaker.now - began > 8 * 3_600_000) break;
      breaker.end({ refused: [`canary ${canaries++}`] });
    }
    expect(canaries).toBeLessThanOrEqual(18);
  });
});
