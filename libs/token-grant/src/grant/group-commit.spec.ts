import { GroupCommit } from './group-commit.js';
import { held } from '../../testing/held-call.js';

/** Writes numbers, ten times as large; remembers each batch. */
function harness(limit = 100) {
  const batches: number[][] = [];
  const { gate, release, started, reached } = held();
  const group = new GroupCommit<number, number>(
    limit,
    (item) => String(item % 10),
    async (items) => {
      batches.push([...items]);
      reached();
      await gate;
      if (items.includes(13)) throw new Error('unlucky');
      return items.map((item) => item * 10);
    },
  );
  return { group, batches, release, started };
}

describe('a group commit', () => {
  it('writes together what arrives while the batch before is written, and answers each with its own', async () => {
    const { group, batches, release, started } = harness();
    const first = group.add(1);
    await started;
    const rest = [2, 3, 4].map((item) => group.add(item));
    release();
    expect(await Promise.all([first, ...rest])).toEqual([10, 20, 30, 40]);
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('writes together what arrives in the same tick', async () => {
    const { group, batches, release } = harness();
    release();
    await Promise.all([group.add(1), group.add(2)]);
    expect(batches).toEqual([[1, 2]]);
  });

  it('never puts two items of one key into a batch, and keeps their order', async () => {
    const { group, batches, release } = harness();
    release();
    expect(await Promise.all([group.add(1), group.add(11), group.add(21), group.add(2)])).toEqual([
      10, 110, 210, 20,
    ]);
    expect(batches).toEqual([[1, 2], [11], [21]]);
  });

  it('keeps to its limit', async () => {
    const { group, batches, release } = harness(2);
    release();
    await Promise.all([1, 2, 3, 4, 5].map((item) => group.add(item)));
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('fails those of a failed batch, and continues with the next', async () => {
    const { group, release } = harness(2);
    release();
    const all = [1, 13, 2].map((item) => group.add(item));
    const results = await Promise.allSettled(all);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });
});
