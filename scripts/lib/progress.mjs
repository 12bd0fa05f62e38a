const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Does the work under a title on the terminal, with the time that it took. */
export async function step(title, work) {
  const since = performance.now();
  process.stdout.write(`${title} ... `);
  try {
    const result = await work();
    process.stdout.write(`${seconds(since)}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`failed after ${seconds(since)}\n`);
    throw error;
  }
}

/** A dot every few seconds, so that a long wait is visible. */
export async function ticking(work, everyMilliseconds = 3_000) {
  const timer = setInterval(() => process.stdout.write('.'), everyMilliseconds);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
