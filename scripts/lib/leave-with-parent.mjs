// Loaded before an app of a local stack: when the process that started it ends, in any way, the app shuts down as
// if it had been asked to. It is not loaded in production.
const DEADLINE_MS = 15_000;

process.once('disconnect', () => {
  setTimeout(() => process.exit(1), DEADLINE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});
process.channel?.unref();
