/**
 * Returns whether so many milliseconds have not passed yet, by the longer of two clocks: one of them stops while the machine
 * sleeps, the other can be set back.
 */
export function stopwatch(limitMs: number): () => boolean {
  const [monotonic, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - monotonic, Date.now() - wall) < limitMs;
}
