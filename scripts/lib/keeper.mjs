import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describeError, Failure } from './failure.mjs';
import { hasEnded } from './processes.mjs';

/**
 * A keeper is a small process that holds something outside of ours (a server, a database) and gives it back when we are
 * gone, however we went: it sees the end of its channel to us. It leads a process group of its own, so that a Ctrl-C
 * meant for us does not reach it too early.
 *
 * @param module path of the keeper's program, which calls `keep`
 * @param options what it holds, and how; `label` stands on its command line, by which its processes are recognised
 * @returns what its `open` returned as `value`, and `stop()`
 * @throws Failure with the keeper's own words when it could not open
 */
export async function startKeeper(module, options) {
  const child = fork(module, [options.label], {
    execArgv: [],
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const closed = once(child, 'close');
  const answer = Promise.race([once(child, 'message').then(([message]) => message), closed.then(() => ({}))]);
  child.send(options);
  const { value, failure } = await answer;
  if (value === undefined) {
    await closed;
    throw new Failure(failure ?? `${module} ended before it was ready`);
  }
  // It ends because of us, never the other way round.
  child.unref();
  child.channel?.unref();
  return {
    value,
    pid: child.pid,
    ended: closed,
    async stop() {
      if (hasEnded(child)) return;
      child.ref();
      if (child.connected) child.send('stop');
      await closed;
    },
  };
}

/**
 * The keeper's side.
 *
 * @param open takes the options and returns `{ value, close(isOrphaned), ended? }`; a settled `ended` ends the keeper too
 */
export function keep(open) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.disconnect?.());
  const parentGone = once(process, 'disconnect').then(() => true);
  let isAsked = false;
  process.once('message', (options) => {
    isAsked = true;
    void run(open, options, parentGone);
  });
  void parentGone.then(() => isAsked || process.exit());
}

async function run(open, options, parentGone) {
  const stopAsked = once(process, 'message').then(() => false);
  try {
    const kept = await open(options);
    if (process.connected) process.send({ value: kept.value });
    const isOrphaned = await Promise.race([
      parentGone,
      stopAsked,
      ...(kept.ended ? [kept.ended.then(() => false)] : []),
    ]);
    await kept.close(isOrphaned);
    process.exit(0);
  } catch (error) {
    if (process.connected) process.send({ failure: describeError(error) }, () => process.exit(1));
    else process.exit(1);
  }
}
