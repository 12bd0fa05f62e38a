import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { types } from 'node:util';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { unlessGone } from './spool-directory.js';
import { TokenGrantSettings } from './token-grant.settings.js';

const SUFFIX = '.process';

interface Mark {
  /** The process's name in the journal. */
  readonly owner: string;
  /** The run of the machine's kernel: only there can anybody see whether the process lives. */
  readonly machine: string;
}

/** A process that is certainly dead. Its calls are over. */
export interface DeadProcess {
  readonly owner: string;
  /** Removes the mark, once what the process left behind is taken care of. */
  readonly forget: () => Promise<void>;
}

/**
 * Tells the living from the dead among the processes that use one spool directory. Each listens on a socket there, which the
 * kernel closes with the process, however that ends; process ids would mean nothing to a container beside this one. What
 * cannot be told, on a directory shared by machines, is not said: a lease ends by itself.
 */
@Injectable()
export class ProcessMark implements OnApplicationShutdown {
  private readonly logger = new Logger(ProcessMark.name);
  private readonly name = randomBytes(8).toString('hex');
  private server: Server | null = null;

  constructor(private readonly settings: TokenGrantSettings) {}

  /** From now on this process is known to be alive. */
  async place(): Promise<void> {
    const directory = this.settings.spoolDir;
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      this.server = await listen(this.socketOf(this.name));
      const mark: Mark = { owner: this.settings.owner, machine: await thisMachine() };
      await writeFile(path.join(directory, this.name + SUFFIX), JSON.stringify(mark), { mode: 0o600 });
    } catch (error) {
      // Without it, a successor waits for the leases of this process.
      const cause = types.isNativeError(error) ? error.message : 'unknown';
      this.logger.warn(`no mark of this process in ${directory}: ${cause}`);
    }
  }

  async dead(): Promise<DeadProcess[]> {
    const names = (await unlessGone(readdir(this.settings.spoolDir))) ?? [];
    const dead = [];
    for (const file of names.filter((name) => name.endsWith(SUFFIX))) {
      const name = file.slice(0, -SUFFIX.length);
      if (name === this.name) continue;
      const mark = await this.read(file);
      if (!mark || mark.machine !== (await thisMachine()) || !(await isRefused(this.socketOf(name))))
        continue;
      dead.push({ owner: mark.owner, forget: () => this.remove(name) });
    }
    return dead;
  }

  /** After the last call has been waited for. */
  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = null;
    await this.remove(this.name);
    await new Promise((closed) => server.close(closed));
  }

  private async read(file: string): Promise<Mark | null> {
    const text = await unlessGone(readFile(path.join(this.settings.spoolDir, file), 'utf8'));
    try {
      return text === null ? null : (JSON.parse(text) as Mark);
    } catch {
      // Of a process that died while writing it.
      return null;
    }
  }

  private async remove(name: string): Promise<void> {
    await rm(path.join(this.settings.spoolDir, name + SUFFIX), { force: true });
    await rm(this.socketOf(name), { force: true });
  }

  /** Short: the path of a socket may have about a hundred characters in all. */
  private socketOf(name: string): string {
    return path.join(this.settings.spoolDir, name);
  }
}

function listen(socket: string): Promise<Server> {
  const server = createServer((connection) => connection.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, () => resolve(server.unref()));
  });
}

/** Whether the kernel says that nobody listens there any more. Any other failure proves nothing. */
function isRefused(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(false);
    });
    connection.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'));
  });
}

async function thisMachine(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    return hostname();
  }
}
