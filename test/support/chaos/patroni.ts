import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@consent-hub/platform';
import { TcpProxy } from '@consent-hub/testing';
import { until } from '../../stack/local-stack.js';
import { filledTemplate } from '../deployment/ha-templates.js';
import { directoryOfProgram, KeptProgram } from './kept-program.js';
import { migrate } from './postgres.js';

const POSTGRES_VERSIONS = '/usr/lib/postgresql';
const UP_MS = 120_000;
type Action = 'write' | 'run' | 'signal';

interface Member {
  readonly name: string;
  readonly postgresPort: number;
  readonly restPort: number;
  /** Its way to etcd. */
  readonly store: TcpProxy;
}

interface ClusterView {
  readonly members: readonly { readonly name: string; readonly role: string; readonly state: string }[];
}

/** PostgreSQL servers of which Patroni makes one the primary, with etcd behind it and HAProxy in front of it. */
export class PatroniCluster {
  url = '';
  private readonly members: Member[] = [];
  private readonly password = randomBytes(16).toString('hex');

  private constructor(
    private readonly program: KeptProgram<Action>,
    private readonly directory: string,
    private readonly mode: 'synchronous' | 'asynchronous',
  ) {}

  /** A migrated database on so many members. Everything it needs is there after `npm run chaos` as root on Debian. */
  static async start(count: number, mode: 'synchronous' | 'asynchronous'): Promise<PatroniCluster> {
    const directory = directoryOfProgram();
    const program = new KeptProgram<Action>('cluster.program.mjs', [directory]);
    const cluster = new PatroniCluster(program, directory, mode);
    try {
      await cluster.startParts(count);
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map(({ store }) => store.close()));
    await this.program.close();
  }

  /** The name of the primary, once there is one that all who can be asked agree on. */
  async leader(): Promise<string | null> {
    const view = await this.view();
    return view?.members.find(({ role, state }) => role === 'leader' && state === 'running')?.name ?? null;
  }

  /** Resolves when another member is the primary, and its health endpoint for HAProxy reports that. */
  async isReplaced(former: string): Promise<void> {
    const others = this.members.filter(({ name }) => name !== former);
    const isLed = async () => {
      const answers = await Promise.all(
        others.map(({ restPort }) => ask(`http://127.0.0.1:${restPort}/primary`)),
      );
      return answers.some((answer) => answer?.ok);
    };
    await until(`${former} is replaced`, isLed, UP_MS);
  }

  /** Resolves when every member runs, and all but the primary follow it. */
  async isWhole(): Promise<void> {
    const areUp = async () => {
      const members = (await this.view())?.members ?? [];
      const isUp = ({ role, state }: ClusterView['members'][number]) =>
        role === 'leader' ? state === 'running' : ['running', 'streaming'].includes(state);
      const isFollowed = this.mode === 'asynchronous' || members.some(({ role }) => role === 'sync_standby');
      return (
        members.length === this.members.length &&
        members.every(isUp) &&
        (await this.leader()) !== null &&
        isFollowed
      );
    };
    await until('every member of the cluster is up', areUp, UP_MS);
  }

  /** kill -9 of the member and its server. */
  async kill(name: string): Promise<void> {
    await this.program.ask('signal', { name, signal: 'SIGKILL' });
  }

  /** After it was killed. */
  async restart(name: string): Promise<void> {
    await this.run(this.member(name));
  }

  /** SIGSTOP: its machine stands still. */
  async freeze(name: string): Promise<void> {
    await this.program.ask('signal', { name, signal: 'SIGSTOP' });
  }

  /** It continues to run, and cannot reach the others. */
  cutOff(name: string): void {
    this.member(name).store.swallow();
  }

  joinAgain(name: string): void {
    const { store } = this.member(name);
    store.pass();
    store.reset();
  }

  /** As an operator asks for it. */
  async switchOver(name: string): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${this.member(name).restPort}/switchover`, {
      method: 'POST',
      body: JSON.stringify({ leader: name }),
    });
    if (!answer.ok) throw new Error(`The switchover was answered ${answer.status}: ${await answer.text()}`);
  }

  private member(name: string): Member {
    const member = this.members.find((each) => each.name === name);
    if (!member) throw new Error(`There is no member ${name}`);
    return member;
  }

  /** As the first member sees it that answers. */
  private async view(): Promise<ClusterView | null> {
    for (const { restPort } of this.members) {
      const answer = await ask(`http://127.0.0.1:${restPort}/cluster`);
      if (answer?.ok) return (await answer.json()) as ClusterView;
    }
    return null;
  }

  private async startParts(count: number): Promise<void> {
    const [etcdPort, peerPort, frontPort] = [await freePort(), await freePort(), await freePort()];
    await this.startEtcd(etcdPort, peerPort);
    for (let number = 1; number <= count; number++) {
      const member: Member = {
        name: `member-${number}`,
        postgresPort: await freePort(),
        restPort: await freePort(),
        store: await TcpProxy.start(etcdPort),
      };
      this.members.push(member);
      await this.write(`${member.name}.yml`, this.settingsOf(member));
      await this.run(member);
    }
    await this.write('haproxy.cfg', this.frontOf(frontPort));
    await this.program.ask('run', {
      name: 'haproxy',
      command: '/usr/sbin/haproxy',
      parameters: ['-db', '-f', join(this.directory, 'haproxy.cfg')],
    });
    await this.isWhole();
    this.url = `postgres://postgres:${this.password}@127.0.0.1:${frontPort}/postgres`;
    const migrated = () =>
      migrate(this.url).then(
        () => true,
        () => false,
      );
    await until('the front leads to the primary', migrated, UP_MS);
  }

  private async startEtcd(port: number, peerPort: number): Promise<void> {
    const client = `http://127.0.0.1:${port}`;
    const configuration = await this.write(
      'etcd.yml',
      filledTemplate('etcd.yml', {
        NAME: 'etcd',
        DATA_DIRECTORY: join(this.directory, 'etcd', 'data'),
        CLIENT_ADDRESS: `127.0.0.1:${port}`,
        PEER_ADDRESS: `127.0.0.1:${peerPort}`,
        CLUSTER: `etcd=http://127.0.0.1:${peerPort}`,
      }),
    );
    await this.program.ask('run', {
      name: 'etcd',
      command: 'etcd',
      parameters: [`--config-file=${configuration}`],
    });
    await until('etcd is up', async () => (await ask(`${client}/health`))?.ok ?? false, UP_MS);
  }

  private write(file: string, text: string): Promise<string> {
    return this.program.ask('write', { file, text });
  }

  private async run({ name }: Member): Promise<void> {
    const parameters = [join(this.directory, `${name}.yml`)];
    await this.program.ask('run', { name, command: 'patroni', parameters });
  }

  private settingsOf({ name, postgresPort, restPort, store }: Member): string {
    return filledTemplate('patroni.yml', {
      SCOPE: 'chaos',
      NAME: name,
      REST_ADDRESS: `127.0.0.1:${restPort}`,
      ETCD_ADDRESSES: `127.0.0.1:${store.port}`,
      SYNCHRONOUS: String(this.mode === 'synchronous'),
      NETWORK: '127.0.0.1/32',
      POSTGRES_ADDRESS: `127.0.0.1:${postgresPort}`,
      DATA_DIRECTORY: join(this.directory, name, 'data'),
      BIN_DIRECTORY: binaries(),
      PGPASS_FILE: join(this.directory, name, 'pgpass'),
      SUPERUSER_PASSWORD: this.password,
      REPLICATION_PASSWORD: this.password,
    });
  }

  private frontOf(port: number): string {
    const servers = this.members.map(
      ({ name, postgresPort, restPort }) => `server ${name} 127.0.0.1:${postgresPort} check port ${restPort}`,
    );
    return filledTemplate('haproxy.cfg', {
      FRONT_ADDRESS: `127.0.0.1:${port}`,
      SERVERS: servers.join('\n  '),
    });
  }
}

function binaries(): string {
  const versions = existsSync(POSTGRES_VERSIONS) ? readdirSync(POSTGRES_VERSIONS).map(Number) : [];
  if (versions.length === 0 || !existsSync('/usr/bin/patroni') || !existsSync('/usr/sbin/haproxy'))
    throw new Error(
      'Debian’s patroni, etcd-server, haproxy and postgresql are needed; npm run chaos as root installs them',
    );
  return join(POSTGRES_VERSIONS, String(Math.max(...versions)), 'bin');
}

/** null when no answer comes in time. */
const ask = (url: string): Promise<Response | null> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
