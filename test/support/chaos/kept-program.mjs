// The other side of KeptProgram: runs the actions that it is asked for, and ends when its parent has ended.

/**
 * @param actions what it can be asked for, by name
 * @param end called once, at the end
 */
export function serveActions(actions, end) {
  let last = Promise.resolve();
  process.on('message', ({ id, action, argument }) => {
    last = last.then(async () => {
      try {
        process.send({ id, result: await actions[action](argument) });
      } catch (error) {
        process.send({ id, failure: error.stack });
      }
    });
  });
  process.once('disconnect', () => void last.then(end).then(() => process.exit(0)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.disconnect?.());
}
