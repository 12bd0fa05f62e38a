// npm start: from a bare clone to a running hub, a bank to try it with, and a database. Only built-in modules may be
// imported before the dependencies are there.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppProcess } from './lib/app-process.mjs';
import { banner } from './lib/banner.mjs';
import { buildApps, builtMain } from './lib/build.mjs';
import { commandsEnded } from './lib/commands.mjs';
import { startDevelopmentOidc, consoleVariables } from './lib/development-oidc.mjs';
import { describeError, Failure } from './lib/failure.mjs';
import { assertNodeVersion, installDependencies } from './lib/install.mjs';
import { localDirectory, ROOT } from './lib/paths.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { makePrivateDirectory } from './lib/private-files.mjs';
import { step } from './lib/progress.mjs';
import { freePort } from './lib/ports.mjs';
import { claimRun } from './lib/run-file.mjs';
import { writeStackFiles } from './lib/stack-files.mjs';
import { keepSecrets } from './lib/stack-secrets.mjs';
import { assertPortsAreFree, readStackSettings } from './lib/stack-settings.mjs';

const HUB_STOP_MS = 6_000;
const BANK_STOP_MS = 2_000;
const PARENT_CHECK_MS = 300;
const ECHO_MS = 1_000;

/* global AbortController */
const abort = new AbortController();
const { signal } = abort;
/** How to undo what was done so far, last first. */
const undo = [];
let stopping;

function stop() {
  stopping ??= (async () => {
    abort.abort();
    await commandsEnded();
    while (undo.length > 0) {
      await undo
        .pop()()
        .catch((error) => console.error(describeError(error)));
    }
  })();
  return stopping;
}

async function endAsTold() {
  process.stdout.write('\nStopping ...\n');
  await stop();
  process.stdout.write('Stopped.\n');
  process.exit(0);
}

let firstSignalAt;
for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, () => {
    if (!stopping) void endAsTold();
    // The second Ctrl-C: the remaining processes notice that this one has ended. npm passes on the first one, which we had already.
    else if (performance.now() - firstSignalAt > ECHO_MS) process.exit(130);
    firstSignalAt ??= performance.now();
  });
}

/** A signal to npm ends the shell between npm and this process, which sends no signal on. */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell || stopping) return;
    clearInterval(watch);
    void endAsTold();
  }, PARENT_CHECK_MS);
  watch.unref();
}

/** Something that must be given back: at once, if a signal to stop has come. */
async function hold(resource, giveBack) {
  if (!signal.aborted) {
    undo.push(() => giveBack(resource));
    return resource;
  }
  await giveBack(resource);
  throw signal.reason;
}

async function startDatabase(run, local, logs) {
  if (process.env.DATABASE_URL)
    return { url: process.env.DATABASE_URL, described: 'the one of DATABASE_URL' };
  const directory = path.join(local, 'postgres');
  const server = await step('Starting PostgreSQL', () =>
    startPostgres({ directory, logFile: path.join(logs, 'postgres.log') }),
  );
  run.note('postgres-keeper', server.pid, directory);
  await hold(server, () => server.stop());
  const failed = server.ended.then(() => new Failure(`PostgreSQL ended by itself; see ${logs}/postgres.log`));
  return { url: server.value.url, isOwn: true, described: server.value.url, failed };
}

/** @returns the URL of the database for each of its users: the same three times, where the user of a given database is all there is */
const prepareDatabase = ({ url, isOwn }, secrets) =>
  step('Migrating the database', async () => {
    const { prepareUsers } = await import('./lib/database-users.mjs');
    const { migrate, registerApiClients } = await import('./lib/stack-database.mjs');
    const urls = isOwn
      ? await prepareUsers(url, secrets.database_passwords)
      : { migrator: url, hub: url, bank: url };
    await migrate(urls, { signal });
    await registerApiClients(urls.hub, secrets.api_keys);
    return urls;
  });

async function makeCertificates(local) {
  const eidas = await import(pathToFileURL(path.join(ROOT, 'dist', 'libs', 'eidas', 'src', 'index.js')).href);
  return eidas.ensureDevelopmentCertificates(path.join(local, 'tls'));
}

/** With `--oidc`: an identity provider with accounts for each role. @returns the variables by which hubs know it */
async function startIdentityProvider({ publicUrl }) {
  if (!process.argv.includes('--oidc')) return {};
  const provider = await startDevelopmentOidc({
    port: await freePort(),
    clientId: 'consent-hub-console',
    clientSecret: randomBytes(32).toString('base64url'),
    redirectUri: `${publicUrl}/console/oidc/callback`,
  });
  return consoleVariables(await hold(provider, () => provider.close()));
}

/** How people get into the console. */
async function consoleAddress({ databaseUrl, environment, publicUrl, local }) {
  if (environment.HUB_CONSOLE === 'off') return 'switched off by HUB_CONSOLE';
  if (environment.CONSOLE_OIDC_ISSUER)
    return `${publicUrl}/console   (sign in at ${environment.CONSOLE_OIDC_ISSUER})`;
  const { makeConsoleLink } = await import('./lib/stack-database.mjs');
  const link = await makeConsoleLink(databaseUrl, publicUrl);
  const another = `node --env-file=${local}/hub.env dist/apps/consent-hub/src/cli.js console link --role operator`;
  return `${link}\n                   lets one person in, once, within ten minutes; another one: ${another}`;
}

async function startApp(run, options, stopMs) {
  const app = await hold(new AppProcess(options), (started) => started.stop(stopMs));
  if (app.pid !== undefined) run.note(app.name, app.pid);
  return app;
}

async function startApps(run, { settings, environments, local, logs }) {
  const bankUrl = `${settings.controlUrl}/health/ready`;
  const bankOptions = {
    name: 'sandbox-bank',
    main: builtMain('sandbox-bank'),
    env: environments.bank,
    local,
    logs,
  };
  const bank = await startApp(run, bankOptions, BANK_STOP_MS);
  const hubs = [];
  undo.push(() => Promise.all(hubs.map((hub) => hub.stop(HUB_STOP_MS))));
  for (const [index, port] of settings.hubPorts.entries()) {
    signal.throwIfAborted();
    const name = settings.hubPorts.length > 1 ? `consent-hub-${index + 1}` : 'consent-hub';
    const instance = process.env.HUB_INSTANCE;
    const env = {
      ...environments.hub,
      HUB_PORT: String(port),
      // Left to its default it names host and port, which differ.
      ...(instance && settings.hubPorts.length > 1 && { HUB_INSTANCE: `${instance}-${index + 1}` }),
    };
    const hub = new AppProcess({ name, main: builtMain('consent-hub'), env, local, logs });
    hubs.push(hub);
    if (hub.pid !== undefined) run.note(hub.name, hub.pid);
  }
  const readiness = hubs.map((hub, index) => hub.waitForAnswer(`${settings.hubUrls[index]}/health/ready`));
  await Promise.all([bank.waitForAnswer(bankUrl), ...readiness]);
  return [bank, ...hubs];
}

async function main() {
  assertNodeVersion();
  const settings = readStackSettings(process.env);
  const local = localDirectory();
  const run = await claimRun(local);
  undo.push(async () => run.release());
  await assertPortsAreFree(settings);
  await installDependencies({ signal });
  await buildApps({ signal });
  const logs = makePrivateDirectory(local, 'log');
  const secrets = keepSecrets(local);
  const database = await startDatabase(run, local, logs);
  const urls = await prepareDatabase(database, secrets);
  const certificates = await makeCertificates(local);
  const [databaseUrl, bankDatabaseUrl] = [urls.hub, urls.bank];
  const signIn = await startIdentityProvider(settings);
  const parts = {
    settings,
    secrets,
    certificates,
    databaseUrl,
    bankDatabaseUrl,
    local,
    env: process.env,
    signIn,
  };
  const { stack, environments } = writeStackFiles(parts);
  const apps = await step('Starting the apps', () => startApps(run, { settings, environments, local, logs }));
  signal.throwIfAborted();
  for (const app of apps) for (const text of app.bootWarnings()) console.warn(`${app.name}: ${text}`);
  const { publicUrl } = settings;
  const address = await consoleAddress({ databaseUrl, environment: environments.hub, publicUrl, local });
  console.log(banner(stack, { local, database: database.described, signIn: address }));
  throw await Promise.race([...apps.map((app) => app.failed), ...(database.failed ? [database.failed] : [])]);
}

stopWithNpm();
main().catch((error) => {
  // A stop makes all work under way fail, and is no failure.
  if (stopping) return;
  console.error(`\n${describeError(error)}`);
  void stop().finally(() => process.exit(1));
});
