/** A call that the test holds open: `started` once it has been `reached`, and continues once `release` opens its `gate`. */
export function held() {
  let release!: () => void;
  const gate = new Promise<void>((resolve) => (release = resolve));
  let reached!: () => void;
  const started = new Promise<void>((resolve) => (reached = resolve));
  return { gate, release, started, reached };
}
