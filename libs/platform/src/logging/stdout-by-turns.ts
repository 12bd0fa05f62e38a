import { pino, type DestinationStream } from 'pino';

/** So much is written without waiting for the end of the turn. */
const AT_MOST_BYTES = 8 * 1024;

/**
 * Standard output, with the lines of one turn of the event loop in one write: requests that are answered together share the
 * price of a system call. A process that ends by itself has written every line; one that is killed lacks those of one turn.
 */
export function stdoutByTurns(): DestinationStream {
  const stdout = pino.destination({ dest: 1, sync: true, minLength: AT_MOST_BYTES });
  let isDue = false;
  const flush = (): void => {
    isDue = false;
    stdout.flushSync();
  };
  process.once('exit', flush);
  return {
    write(line) {
      stdout.write(line);
      if (isDue) return;
      isDue = true;
      setImmediate(flush);
    },
  };
}
