/** Why `within` ended what it ran. */
export const TIMED_OUT = new Error('timed out');

/**
 * Runs something that must end in time and that its caller may leave. Written out, because `AbortSignal.any` holds on to
 * what it made for as long as a long-lived signal lives (Node 20).
 */
export async function within<T>(
  timeoutMs: number,
  left: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  left?.throwIfAborted();
  const controller = new AbortController();
  const leave = (): void => controller.abort(left?.reason);
  const timer = setTimeout(() => controller.abort(TIMED_OUT), timeoutMs);
  left?.addEventListener('abort', leave, { once: true });
  try {
    return await run(controller.signal);
  } catch (error) {
    // What was aborted fails in words of its own; the reason says more.
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    left?.removeEventListener('abort', leave);
  }
}

/** Lets one of several callers leave what they share; it continues for the others. */
export function unlessLeft<T>(left: AbortSignal | undefined, shared: Promise<T>): Promise<T> {
  if (!left) return shared;
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(left.reason as Error);
    left.addEventListener('abort', leave, { once: true });
    const stay = (): void => left.removeEventListener('abort', leave);
    shared.then(resolve, reject).finally(stay);
    if (left.aborted) leave();
  });
}

/** Waits, unless its caller leaves. */
export function pause(ms: number, left: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return unlessLeft(left, waited).finally(() => clearTimeout(timer));
}
