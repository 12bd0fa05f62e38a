import { Progress } from './progress.js';

const watch = (isTTY: boolean) => {
  const written: string[] = [];
  let nowMs = 0;
  const progress = new Progress({ isTTY, write: (text) => written.push(text) }, () => nowMs);
  return { written, progress, wait: (ms: number) => (nowMs += ms) };
};

describe('the progress of a command', () => {
  it('stays on one line of a terminal, and is gone before the result is shown', () => {
    const { written, progress, wait } = watch(true);
    progress.show('too soon');
    wait(200);
    progress.show('1 done');
    progress.show('2 done');
    wait(200);
    progress.show('3 done');
    progress.clear();
    progress.clear();
    expect(written).toEqual(['\r\u001b[K1 done', '\r\u001b[K3 done', '\r\u001b[K']);
  });

  it('adds a line to a file now and then', () => {
    const { written, progress, wait } = watch(false);
    wait(9_999);
    progress.show('1 done');
    wait(1);
    progress.show('2 done');
    progress.clear();
    expect(written).toEqual(['2 done\n']);
  });
});
