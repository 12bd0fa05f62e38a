import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@consent-hub/platform';
import { Client } from 'pg';
import { ROOT, until } from '../../stack/local-stack.js';
import { filledTemplate } from '../deployment/ha-templates.js';
import { directoryOfProgram, KeptProgram } from './kept-program.js';

const PGBOUNCER = '/usr/sbin/pgbouncer';
const NAME = 'pgbouncer';
const POOL_SIZE = 5;
const UP_MS = 20_000;
const ROLE = 'hub';

type Action = 'write' | 'run' | 'signal';

/** PgBouncer in transaction mode before a server, with few connections to it. */
export class PgBouncer {
  private constructor(
    /** URL of the hubs' role, through the pooler. */
    readonly url: string,
    private readonly program: KeptProgram<Action>,
    private readonly configuration: string,
  ) {}

  /**
   * @param serverUrl of a superuser; the hubs' role is made there, with the settings that docs/operations.md asks for
   * @throws where PgBouncer is not installed; `npm run chaos` as root installs it on Debian
   */
  static async start(serverUrl: string): Promise<PgBouncer> {
    if (!existsSync(PGBOUNCER))
      throw new Error('Debian’s pgbouncer is needed; npm run chaos as root installs it');
    await makeRole(serverUrl);
    const port = await freePort();
    const directory = directoryOfProgram();
    const program = new KeptProgram<Action>('cluster.program.mjs', [directory]);
    const users = await program.ask('write', { file: 'users.txt', text: `"${ROLE}" "${ROLE}"\n` });
    const server = new URL(serverUrl);
    const configuration = await program.ask('write', {
      file: 'pgbouncer.ini',
      text: filledTemplate('pgbouncer.ini', {
        SERVER_HOST: server.hostname,
        SERVER_PORT: server.port,
        LISTEN_HOST: '127.0.0.1',
        LISTEN_PORT: port,
        USERS_FILE: users,
        POOL_SIZE,
      }),
    });
    const url = `postgres://${ROLE}:${ROLE}@127.0.0.1:${port}${server.pathname}`;
    const bouncer = new PgBouncer(url, program, configuration);
    await bouncer.run();
    return bouncer;
  }

  /** kill -9, and a new process in its place. */
  async restart(): Promise<void> {
    await this.program.ask('signal', { name: NAME, signal: 'SIGKILL' });
    await this.run();
  }

  close(): Promise<void> {
    return this.program.close();
  }

  private async run(): Promise<void> {
    await this.program.ask('run', { name: NAME, command: PGBOUNCER, parameters: [this.configuration] });
    await until('PgBouncer answers', () => answers(this.url), UP_MS);
  }
}

/** A user of hubs, as docs/operations.md makes it. */
async function makeRole(serverUrl: string): Promise<void> {
  const owner = new Client({ connectionString: serverUrl });
  await owner.connect();
  try {
    await owner.query(`
      CREATE ROLE ${ROLE} LOGIN PASSWORD '${ROLE}' IN ROLE consent_hub_app;
      ${documentedSettings()}`);
  } finally {
    await owner.end();
  }
}

/** The statements that docs/operations.md says an operator must run. */
const documentedSettings = (): string =>
  readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8')
    .split('\n')
    .filter((line) => line.trim().startsWith(`ALTER ROLE ${ROLE} SET `))
    .join('\n');

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await client.query('SELECT');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
