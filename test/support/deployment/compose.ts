import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@consent-hub/platform';
import { SANDBOX_PORTS, type Brand } from '@consent-hub/psd2-protocol';
import { parse } from 'yaml';
import { Program, ROOT, until } from '../../stack/local-stack.js';
import { machinePorts } from '../machine-ports.js';
import { Images, makeReadOnly, makeWritable, type Image } from './images.js';

const UP_MS = 120_000;
export const HAPROXY = '/usr/sbin/haproxy';
export const HAS_HAPROXY = existsSync(HAPROXY);
const VERSIONS = '/usr/lib/postgresql';
const PG_ISREADY = (existsSync(VERSIONS) ? readdirSync(VERSIONS) : [])
  .map((version) => join(VERSIONS, version, 'bin', 'pg_isready'))
  .find((file) => existsSync(file));
export const HAS_PG_ISREADY = PG_ISREADY !== undefined;

interface Service {
  readonly image: string;
  readonly build?: { readonly target: string };
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
}

/** Without a daemon: the services of docker-compose.yml as plain processes, in the files of their images, on ports of their own. */
export class Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly images: Images;
  private readonly programs = new Map<string, Program>();
  private readonly ports = new Map<string, number>();
  private readonly as: { readonly uid?: number; readonly gid?: number };

  private constructor(
    private readonly base: string,
    /** What the file takes from its environment. */
    readonly variables: Readonly<Record<string, string>>,
  ) {
    const parsed: unknown = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true });
    const interpolated = (_: string, value: unknown): unknown =>
      typeof value === 'string'
        ? value.replaceAll(
            /\$\{(\w+):-([^}]*)\}/g,
            (__, name: string, none: string) => variables[name] ?? none,
          )
        : value;
    this.services = (
      JSON.parse(JSON.stringify(parsed), interpolated) as { services: Record<string, Service> }
    ).services;
    const images = join(base, 'images');
    mkdirSync(images);
    this.images = new Images(images);
    makeReadOnly(images);
    this.as = userOf(this.images.get('consent-hub'));
    for (const volume of ['tmp', 'volumes']) mkdirSync(join(base, volume), { mode: 0o755 });
    this.own(join(base, 'tmp'));
  }

  /**
   * @param parent a directory that the user of the images reaches
   * @param serverPort where the service `postgres` is
   */
  static async make(
    parent: string,
    variables: Readonly<Record<string, string>>,
    serverPort: number,
  ): Promise<Compose> {
    const base = mkdtempSync(join(parent, 'consent-hub-compose-'));
    chmodSync(base, 0o755);
    const compose = new Compose(base, variables);
    compose.ports.set('postgres:5432', serverPort);
    await compose.choosePorts();
    return compose;
  }

  async close(): Promise<void> {
    await Promise.all([...this.programs.values()].map((program) => program.stops(UP_MS)));
    makeWritable(join(this.base, 'images'));
    rmSync(this.base, { recursive: true, force: true });
  }

  /** The services in an order in which each comes after those that it depends on. */
  get order(): string[] {
    const ordered: string[] = [];
    const visit = (name: string): void => {
      if (ordered.includes(name)) return;
      for (const needed of Object.keys(this.service(name).depends_on ?? {})) visit(needed);
      ordered.push(name);
    };
    for (const name of Object.keys(this.services)) visit(name);
    return ordered;
  }

  service(name: string): Service {
    const service = this.services[name];
    if (!service) throw new Error(`There is no service ${name}`);
    return service;
  }

  image(name: string): Image | undefined {
    const { build } = this.service(name);
    return build && this.images.get(build.target);
  }

  /** Starts it, and waits for what others wait for: its end, or its health. */
  async up(name: string): Promise<void> {
    const program = this.run(name, this.service(name).command);
    this.programs.set(name, program);
    const { healthcheck } = this.service(name);
    if (!healthcheck) {
      if ((await program.ends(UP_MS)) !== 0) throw new Error(`${name} failed:\n${program.output}`);
      return;
    }
    const isUp = async () => program.exitCode !== undefined || (await this.isHealthy(name));
    await until(`${name} is healthy`, isUp, UP_MS);
    if (program.exitCode !== undefined) throw new Error(`${name} has ended:\n${program.output}`);
  }

  /** Runs the health check of the file, as it stands there. */
  isHealthy(name: string): Promise<boolean> {
    const [kind, ...command] = this.service(name).healthcheck?.test ?? [];
    if (kind !== 'CMD') throw new Error(`The health check of ${name} is not a command`);
    return this.runs(name, command);
  }

  /** Whether a command succeeds in the service's container. */
  async runs(name: string, command: readonly string[]): Promise<boolean> {
    return (await this.run(name, command).ends(UP_MS)) === 0;
  }

  program(name: string): Program {
    const program = this.programs.get(name);
    if (!program) throw new Error(`${name} was not started`);
    return program;
  }

  /** Everything that the services have printed. */
  get logs(): string {
    return [...this.programs.values()].map(({ output }) => output).join('\n');
  }

  /** What the file of a volume holds. */
  read(volume: string, file: string): string {
    return readFileSync(join(this.base, 'volumes', volume, file), 'utf8');
  }

  /** Where a port of the machine leads that the file publishes. */
  published(port: number): number {
    for (const [name, { ports = [] }] of Object.entries(this.services)) {
      const inside = ports.find((each) => each.startsWith(`127.0.0.1:${port}:`))?.split(':')[2];
      if (inside !== undefined) return this.portOf(name, Number(inside));
    }
    throw new Error(`Port ${port} is not published`);
  }

  private run(name: string, [program = '', ...parameters]: readonly string[]): Program {
    const image = this.image(name);
    const command = { node: process.execPath, haproxy: HAPROXY, pg_isready: PG_ISREADY }[program] ?? program;
    const given = { ...image?.env, ...this.service(name).environment };
    const env = Object.entries(given).map(([key, value]) => [key, this.translate(name, String(value))]);
    return new Program(
      command,
      parameters.map((each) => this.translate(name, each)),
      {
        PATH: process.env['PATH'],
        TMPDIR: join(this.base, 'tmp'),
        ...(Object.fromEntries(env) as Record<string, string>),
        ...this.listenersOf(name),
      },
      { ...this.as, cwd: image ? join(image.root, image.workdir) : this.base },
    );
  }

  /** Ports by which the apps listen: in a container each has its own network. */
  private listenersOf(name: string): NodeJS.ProcessEnv {
    if (name.startsWith('hub-')) return { HUB_PORT: String(this.portOf(name, 3000)) };
    if (name !== 'sandbox-bank') return {};
    return {
      SANDBOX_HTTP_PORT: String(this.portOf(name, 8080)),
      ...machinePorts((brand: Brand) => this.portOf(name, SANDBOX_PORTS[brand])),
    };
  }

  /** Addresses and paths inside of the container become those of this machine. */
  private translate(name: string, text: string): string {
    // Host and port of the database stand apart, for libpq.
    if (text === 'postgres') return '127.0.0.1';
    if (text === '5432') return String(this.portOf('postgres', 5432));
    const hosts = Object.keys(this.services).join('|');
    return this.places(name, text)
      .replaceAll(
        new RegExp(`(?<![\\w-])(${hosts}):(\\d+)`, 'g'),
        (_, host: string, port: string) => `127.0.0.1:${this.portOf(host, Number(port))}`,
      )
      .replaceAll(/(127\.0\.0\.1|0\.0\.0\.0):(\d{4})(?!\d)/g, (_, host: string, port: string) => {
        const own = this.ports.get(`${name}:${port}`);
        return `${host}:${own ?? this.published(Number(port))}`;
      });
  }

  private places(name: string, text: string): string {
    const mounts = (this.service(name).volumes ?? []).map((each) => each.split(':'));
    const places = mounts.map(([source = '', target = '']): [string, string] => [
      target,
      this.volume(source),
    ]);
    const own = this.image(name)?.root;
    if (own) places.push(['/var/lib/consent-hub/spool', join(own, 'var/lib/consent-hub/spool')]);
    for (const [target, place] of places) if (text.includes(target)) return text.replaceAll(target, place);
    return text;
  }

  private volume(source: string): string {
    const directory = join(this.base, 'volumes', source);
    if (source.startsWith('./')) {
      // The user of an image may not reach the checkout.
      if (!existsSync(directory)) cpSync(join(ROOT, source), directory);
      return directory;
    }
    if (!existsSync(directory)) {
      mkdirSync(directory, { mode: 0o700 });
      this.own(directory);
    }
    return directory;
  }

  private own(path: string): void {
    if (this.as.uid !== undefined) chownSync(path, this.as.uid, this.as.gid ?? this.as.uid);
  }

  /** Free ones for all that listen, known before anything is translated. */
  private async choosePorts(): Promise<void> {
    for (const [name, { environment = {} }] of Object.entries(this.services)) {
      const listeners = Object.values(environment).flatMap((value) => {
        const port = /^(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)$/.exec(value)?.[1];
        return port === undefined ? [] : [Number(port)];
      });
      for (const port of [...(this.image(name)?.ports ?? []), ...listeners])
        this.ports.set(`${name}:${port}`, await freePort());
    }
  }

  private portOf(name: string, port: number): number {
    const own = this.ports.get(`${name}:${port}`);
    if (own === undefined) throw new Error(`${name} does not listen on ${port}`);
    return own;
  }
}

/** As root, the user of the image: who could write everywhere would prove nothing. */
function userOf({ user }: Image): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = user.split(':').map(Number);
  if (!uid || !gid) throw new Error(`USER ${user} is not two numbers other than 0`);
  const { status } = spawnSync(process.execPath, ['--version'], { uid, gid });
  if (status !== 0) throw new Error(`The user ${user} cannot run ${process.execPath}`);
  return { uid, gid };
}
