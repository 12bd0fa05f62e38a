// Holds the PostgreSQL server of a local stack for the process that started this one.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { keep } from './keeper.mjs';
import { runServer } from './postgres-server.mjs';

/** How long the apps of a stack that was killed may use the database to finish what they had begun. */
const FAREWELL_SECONDS = 15;

keep(async ({ directory, logFile }) => {
  const { url, server, stop } = await runServer({ directory, durable: true });
  server.stderr.pipe(createWriteStream(logFile, { flags: 'a', mode: 0o600 }));
  return {
    value: { url, pid: server.pid },
    ended: once(server, 'exit'),
    async close(isOrphaned) {
      if (isOrphaned && (await stop('smart', FAREWELL_SECONDS))) return;
      if (!(await stop('fast'))) await stop('immediate');
    },
  };
});
