import { setImmediate } from 'node:timers/promises';
import { BatchedLookup, LookupOverflowError } from './batched-lookup.js';

/** Statements that wait for the test to answer or to fail them. */
class Statements {
  readonly asked: string[][] = [];
  private readonly running: {
    answer: (values: Map<string, string>) => void;
    fail: (error: Error) => void;
  }[] = [];

  readonly lookup = new BatchedLookup<string, string>(
    (key) => key.toLowerCase(),
    (keys) => {
      this.asked.push([...keys]);
      return new Promise((answer, fail) => this.running.push({ answer, fail }));
    },
  );

  answer(...found: string[]): void {
    this.running.shift()?.answer(new Map(found.map((key) => [key, `row of ${key}`])));
  }

  fail(error: Error): void {
    this.running.shift()?.fail(error);
  }
}

let statements: Statements;
beforeEach(() => (statements = new Statements()));
const find = (...keys: string[]) => keys.map((key) => statements.lookup.find(key));

describe('lookups of one turn', () => {
  it('share a statement that asks for each key once, and each caller gets what it asked for', async () => {
    const found = find('a', 'b', 'A', 'gone');
    await setImmediate();
    expect(statements.asked).toEqual([['a', 'b', 'gone']]);
    statements.answer('b', 'a');
    expect(await Promise.all(found)).toEqual(['row of a', 'row of b', 'row of a', null]);
  });

  it('share it too when each came over a socket of its own', async () => {
    const found = await new Promise<Promise<string | null>[]>((resolve) => {
      const first = statements.lookup.find('a');
      // As between two sockets that are read in one turn: promises and ticks are done with, the turn is not.
      process.nextTick(
        () => void Promise.resolve().then(() => resolve([first, statements.lookup.find('b')])),
      );
    });
    await setImmediate();
    expect(statements.asked).toEqual([['a', 'b']]);
    statements.answer('a', 'b');
    await Promise.all(found);
  });

  it('never join a statement that runs already, and gather until it is answered', async () => {
    const [early] = find('a');
    await setImmediate();
    const [late] = find('a', 'b');
    await setImmediate();
    expect(statements.asked).toEqual([['a']]);
    statements.answer();
    expect(await early).toBeNull();
    await setImmediate();
    expect(statements.asked).toEqual([['a'], ['a', 'b']]);
    statements.answer('a');
    expect(await late).toBe('row of a');
  });

  it('ask for 128 keys at a time', async () => {
    const keys = Array.from({ length: 200 }, (_, n) => `key-${n}`);
    const found = find(...keys);
    await setImmediate();
    statements.answer(...keys.slice(0, 128));
    await found[127];
    await setImmediate();
    expect(statements.asked.map(({ length }) => length)).toEqual([128, 72]);
    statements.answer(...keys.slice(128));
    expect(await Promise.all(found)).toEqual(keys.map((key) => `row of ${key}`));
  });

  it('fail together when their statement fails, and no others do', async () => {
    const failed = Promise.allSettled(find('a', 'b'));
    await setImmediate();
    const [next] = find('c');
    statements.fail(new Error('cancelled'));
    expect(await failed).toEqual([
      { status: 'rejected', reason: new Error('cancelled') },
      { status: 'rejected', reason: new Error('cancelled') },
    ]);
    await setImmediate();
    statements.answer('c');
    expect(await next).toBe('row of c');
  });

  it('are refused when a thousand wait, and taken again as soon as those are answered', async () => {
    const waiting = find(...Array.from({ length: 1000 }, () => 'same'));
    await expect(statements.lookup.find('other')).rejects.toThrow(LookupOverflowError);
    await setImmediate();
    statements.answer('same');
    await Promise.all(waiting);
    const [other] = find('other');
    await setImmediate();
    statements.answer('other');
    expect(await other).toBe('row of other');
  });
});
