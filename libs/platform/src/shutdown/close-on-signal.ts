import type { Logger } from 'pino';

/** What must be done before the process may end. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Closes the app once, when the process is asked to end: SIGTERM, SIGINT, or the end of the parent that started it with
 * an IPC channel. Later signals change nothing: a terminal sends one to every process of the group, and the parent may
 * pass on its own. What does not end within the grace is left to the recovery of the next start.
 *
 * @param graceMs as long as what is under way may take
 */
export function closeOnSignal(app: Closable, logger: Logger, graceMs: number): void {
  let closing = false;
  const close = async (reason: string): Promise<void> => {
    if (closing) return;
    closing = true;
    logger.info({ reason }, 'closing: no new requests, finishing those under way');
    const deadline = setTimeout(() => {
      logger.error({ graceMs }, 'still not closed, leaving');
      process.exit(1);
    }, graceMs);
    try {
      await app.close();
      logger.info('closed');
      process.exitCode = 0;
    } catch (error) {
      logger.error({ err: error }, 'closing failed');
      process.exitCode = 1;
    }
    clearTimeout(deadline);
    process.exit();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void close(signal));
  if (process.send) process.on('disconnect', () => void close('parent gone'));
}
