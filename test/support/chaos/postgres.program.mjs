// A PostgreSQL server that is stopped, started, copied and set back while others use it. It ends with the process that
// started this one, however that ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { removeCluster, runServer } from '../../../scripts/lib/postgres-server.mjs';

const directory = process.argv[2];
const data = path.join(directory, 'data');
const copy = path.join(directory, 'copy');
let server;

async function run(command, ...arguments_) {
  const [code] = await once(spawn(command, arguments_, { stdio: 'ignore' }), 'close');
  return code;
}

const actions = {
  /** On the same port as before. */
  async start() {
    server = await runServer({ directory, durable: true });
    return server.url;
  },
  /** As a crash: nobody says goodbye, nothing is flushed that was not committed. */
  async stop() {
    await server.stop('immediate');
  },
  /** A base backup of the running server, with all that was committed until its end. */
  async copy() {
    fs.rmSync(copy, { recursive: true, force: true });
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      await client.query(`SELECT pg_backup_start('chaos', true)`);
      // Files come and go under a running server: cp complains, and the log repairs it.
      await run('cp', '-a', data, copy);
      const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(false)');
      fs.rmSync(path.join(copy, 'pg_wal'), { recursive: true });
      if ((await run('cp', '-a', path.join(data, 'pg_wal'), copy)) !== 0)
        throw new Error('The log could not be copied');
      fs.rmSync(path.join(copy, 'postmaster.pid'), { force: true });
      fs.writeFileSync(path.join(copy, 'backup_label'), rows[0].labelfile, { mode: 0o600 });
      const { uid, gid } = fs.statSync(data);
      fs.chownSync(path.join(copy, 'backup_label'), uid, gid);
    } finally {
      await client.end();
    }
  },
  /** What was committed after the copy is gone, as with a standby that lagged behind when it took over. */
  async failOver() {
    await server.stop('immediate');
    fs.rmSync(data, { recursive: true });
    fs.renameSync(copy, data);
    return actions.start();
  },
};

async function end() {
  await server?.stop('immediate');
  await removeCluster(directory);
  process.exit(0);
}

let last = Promise.resolve();
process.on('message', ({ id, action }) => {
  last = last.then(async () => {
    try {
      process.send({ id, result: await actions[action]() });
    } catch (error) {
      process.send({ id, failure: error.stack });
    }
  });
});
process.once('disconnect', () => void last.then(end));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.disconnect?.());
