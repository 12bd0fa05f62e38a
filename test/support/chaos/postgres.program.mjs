// A PostgreSQL server that is stopped, started, copied and set back while others use it, with a standby where one
// is asked for. It ends with the process that started this one, however that ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { serveActions } from './kept-program.mjs';

const [directory, clockFile] = process.argv.slice(2);
const data = path.join(directory, 'data');
const copy = path.join(directory, 'copy');
const standbyDirectory = path.join(directory, 'standby');
const standbyData = path.join(standbyDirectory, 'data');
if (clockFile) {
  process.env.FAKETIME_TIMESTAMP_FILE = clockFile;
  process.env.FAKETIME_NO_CACHE = '1';
  process.env.FAKETIME_DONT_FAKE_MONOTONIC = '1';
  process.env.LD_PRELOAD = process.argv[4];
}
// It passes on the environment that it finds when it is loaded.
const { removeCluster, runServer } = await import('../../../scripts/lib/postgres-server.mjs');
let server;
let standby;

async function run(command, ...arguments_) {
  const [code] = await once(spawn(command, arguments_, { stdio: 'ignore' }), 'close');
  return code;
}

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function writeAs(owner, file, text) {
  const { uid, gid } = fs.statSync(owner);
  fs.writeFileSync(file, text, { mode: 0o600 });
  fs.chownSync(file, uid, gid);
}

/** A base backup of the running server, with all that was committed until its end. */
async function backUp(target) {
  fs.rmSync(target, { recursive: true, force: true });
  await withClient(server.url, async (client) => {
    await client.query(`SELECT pg_backup_start('chaos', true)`);
    // Files come and go under a running server: cp complains, and the log repairs it.
    await run('cp', '-a', data, target);
    const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(false)');
    fs.rmSync(path.join(target, 'pg_wal'), { recursive: true });
    if ((await run('cp', '-a', path.join(data, 'pg_wal'), target)) !== 0)
      throw new Error('The log could not be copied');
    fs.rmSync(path.join(target, 'postmaster.pid'), { force: true });
    // A server that starts from the copy has no standby that its commits could wait for.
    writeAs(data, path.join(target, 'postgresql.auto.conf'), '');
    writeAs(data, path.join(target, 'backup_label'), rows[0].labelfile);
  });
}

async function goOnFrom(files) {
  fs.rmSync(data, { recursive: true });
  fs.renameSync(files, data);
  return actions.start();
}

const actions = {
  /** On the same port as before. */
  async start() {
    server = await runServer({ directory, durable: true });
    return server.url;
  },
  /** As a crash: no connection is closed in order, nothing is flushed that was not committed. */
  async stop() {
    await server.stop('immediate');
  },
  async copy() {
    await backUp(copy);
  },
  /** What was committed after the copy is gone, as with a standby that lagged behind when it took over. */
  async failOver() {
    await server.stop('immediate');
    return goOnFrom(copy);
  },
  /** A hot standby on a port of its own, which follows the server; commits wait for it when it is synchronous. */
  async standBy(mode) {
    fs.mkdirSync(standbyDirectory, { recursive: true });
    await backUp(standbyData);
    fs.copyFileSync(path.join(directory, 'password'), path.join(standbyDirectory, 'password'));
    writeAs(data, path.join(standbyData, 'standby.signal'), '');
    const { hostname, port, username, password } = new URL(server.url);
    const way = `host=${hostname} port=${port} user=${username} password=${password}`;
    fs.appendFileSync(path.join(standbyData, 'postgresql.auto.conf'), `primary_conninfo = '${way}'\n`);
    standby = await runServer({ directory: standbyDirectory, durable: true });
    if (mode === 'synchronous')
      await withClient(server.url, async (client) => {
        await client.query(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
        await client.query('SELECT pg_reload_conf()');
      });
    return standby.url;
  },
  /** The standby takes the place of the server, on its port. */
  async promote() {
    await server.stop('immediate');
    await withClient(standby.url, (client) => client.query('SELECT pg_promote()'));
    await standby.stop('fast');
    standby = undefined;
    return goOnFrom(standbyData);
  },
};

serveActions(actions, async () => {
  await standby?.stop('immediate');
  await server?.stop('immediate');
  await removeCluster(directory);
});
