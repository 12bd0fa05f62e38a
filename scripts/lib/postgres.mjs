import { fileURLToPath } from 'node:url';
import { startKeeper } from './keeper.mjs';

/**
 * The PostgreSQL server of a local stack: its data stay in the directory, it ends with us.
 *
 * @returns `{ value: { url, pid }, pid, ended, stop() }`, the process id being that of its keeper
 */
export const startPostgres = ({ directory, logFile }) =>
  startKeeper(fileURLToPath(new URL('./postgres-keeper.mjs', import.meta.url)), {
    label: directory,
    directory,
    logFile,
  });
