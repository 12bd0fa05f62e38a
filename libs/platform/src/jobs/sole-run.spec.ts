import { SoleRun } from './sole-run.js';

function gate() {
  let open!: () => void;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
}

describe('the runs of a job', () => {
  it('never overlap: what comes while one runs joins it', async () => {
    const { open, passed } = gate();
    let runs = 0;
    const job = new SoleRun('test', async () => {
      runs++;
      await passed;
    });
    const all = [job.start(), job.start(), job.start()];
    open();
    await Promise.all(all);
    expect(runs).toBe(1);
    await job.start();
    expect(runs).toBe(2);
  });

  it('continue after one has failed', async () => {
    let runs = 0;
    const job = new SoleRun('test', () => {
      runs++;
      return runs === 1 ? Promise.reject(new Error('first')) : Promise.resolve();
    });
    await job.start();
    await job.start();
    expect(runs).toBe(2);
  });

  it('end with the last one that had begun when they are stopped', async () => {
    const { open, passed } = gate();
    let ended = false;
    const job = new SoleRun('test', async () => {
      await passed;
      ended = true;
    });
    void job.start();
    const stopped = job.stop();
    open();
    await stopped;
    expect(ended).toBe(true);
    ended = false;
    await job.start();
    expect(ended).toBe(false);
  });

  it('finish with one for what came since the last had begun', async () => {
    const { open, passed } = gate();
    const waiting = ['before'];
    const done: string[] = [];
    const job = new SoleRun('test', async () => {
      const taken = waiting.splice(0);
      await passed;
      done.push(...taken);
    });
    void job.start();
    waiting.push('during');
    const finished = job.finish();
    open();
    await finished;
    expect(done).toEqual(['before', 'during']);
    waiting.push('too late');
    await job.start();
    expect(done).not.toContain('too late');
  });
});
