import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { types } from 'node:util';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { unlessGone } from '../answers/spool-directory.service.js';
import { TokenGrantSettings } from '../token-grant.settings.js';

const SUFFIX = '.process';
/** A process that runs answers at once; one that was stopped does not, though the kernel accepts for it. */
const ANSWER_WITHIN_MS = 1_000;

interface ProcessFile {
  /** The process's name in the journal. */
  readonly owner: string;
  /** The run of the machine's kernel: only there can it be seen whether the process lives. */
  readonly machine: string;
}

/** Where a process runs, and the directory in which it listens. */
export interface ProcessPlace {
  readonly owner: string;
  readonly machine: string;
  readonly spoolDir: string;
  /** Device and inode of that directory: the same path may lead elsewhere in another container. */
  readonly spoolId: string | null;
  /** Whether it has said that it ended in order. */
  readonly hasEnded: boolean;
}

/** A process that has certainly ended. Its calls have ended, and its spool can be read. */
export interface DeadProcess {
  readonly owner: string;
  readonly spoolDir: string;
  /** Removes the file of the process, once what the process left behind is taken care of. */
  readonly forget: () => Promise<void>;
}

/** What the kernel of this machine says of processes. */
export interface Survey {
  readonly dead: DeadProcess[];
  /** Owners that have answered. */
  readonly alive: string[];
}

/**
 * Finds out which processes of one machine live and which have ended. Each listens on a socket in its spool directory, which the
 * kernel closes at every end of the process; process ids would mean nothing to another container. Nothing is reported of a
 * process whose directory this one does not see.
 */
@Injectable()
export class ProcessLiveness implements OnApplicationShutdown {
  private readonly logger = new Logger(ProcessLiveness.name);
  private readonly name = randomBytes(8).toString('hex');
  private server: Server | null = null;

  constructor(private readonly settings: TokenGrantSettings) {}

  /** From now on this process is known to be alive. */
  async place(): Promise<ProcessPlace> {
    const { owner, spoolDir } = this.settings;
    const place = { owner, spoolDir, machine: await thisMachine(), spoolId: null, hasEnded: false };
    try {
      await mkdir(spoolDir, { recursive: true, mode: 0o700 });
      this.server = await listen(path.join(spoolDir, this.name));
      const content: ProcessFile = { owner, machine: place.machine };
      await writeFile(path.join(spoolDir, this.name + SUFFIX), JSON.stringify(content), { mode: 0o600 });
      return { ...place, spoolId: await idOf(spoolDir) };
    } catch (error) {
      // Without it, others wait until this process has been silent for long enough.
      const cause = types.isNativeError(error) ? error.message : 'unknown';
      this.logger.warn(`the file of this process could not be written in ${spoolDir}: ${cause}`);
      return place;
    }
  }

  /**
   * Checks the processes that are given, and all that have left a file in the spool directory of this one.
   * It reports nothing of a process that has neither ended nor answered.
   */
  async survey(places: readonly ProcessPlace[]): Promise<Survey> {
    const machine = await thisMachine();
    // A process that was stopped in order in the directory of this process has ended, though the machine was started again since.
    const isHere = (place: ProcessPlace) =>
      place.machine === machine || (place.hasEnded && place.spoolDir === this.settings.spoolDir);
    const here = places.filter((place) => place.spoolId !== null && isHere(place));
    const directories = new Set([this.settings.spoolDir, ...here.map(({ spoolDir }) => spoolDir)]);
    const survey: Survey = { dead: [], alive: [] };
    for (const spoolDir of directories) {
      const id = await idOf(spoolDir);
      const files = [...(await processFilesIn(spoolDir))].filter(([, file]) => file.machine === machine);
      await Promise.all(
        files.map(async ([name, { owner }]) => {
          if (name === this.name) return;
          const answer = await ask(path.join(spoolDir, name));
          if (answer === 'answered') survey.alive.push(owner);
          else if (answer === 'refused') survey.dead.push(deadProcess(owner, spoolDir, name));
        }),
      );
      const withFile = new Set(files.map(([, { owner }]) => owner));
      // A process writes its file before anything else, and removes it when it ends in order.
      for (const { owner, spoolDir: its, spoolId } of here)
        if (its === spoolDir && spoolId === id && !withFile.has(owner))
          survey.dead.push({ owner, spoolDir, forget: () => Promise.resolve() });
    }
    return survey;
  }

  /** After the last call has been waited for. */
  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = null;
    await remove(this.settings.spoolDir, this.name);
    await new Promise((closed) => server.close(closed));
  }
}

const deadProcess = (owner: string, spoolDir: string, name: string): DeadProcess => ({
  owner,
  spoolDir,
  forget: () => remove(spoolDir, name),
});

/** The processes that have a file in a directory, by the names of their sockets; short, since a socket's path may have about a hundred characters. */
async function processFilesIn(spoolDir: string): Promise<Map<string, ProcessFile>> {
  const found = new Map<string, ProcessFile>();
  for (const file of (await unlessGone(readdir(spoolDir))) ?? []) {
    if (!file.endsWith(SUFFIX)) continue;
    const text = await unlessGone(readFile(path.join(spoolDir, file), 'utf8'));
    try {
      if (text !== null) found.set(file.slice(0, -SUFFIX.length), JSON.parse(text) as ProcessFile);
    } catch {
      // Its process ended while it wrote the file.
    }
  }
  return found;
}

async function remove(spoolDir: string, name: string): Promise<void> {
  await rm(path.join(spoolDir, name + SUFFIX), { force: true });
  await rm(path.join(spoolDir, name), { force: true });
}

function listen(socket: string): Promise<Server> {
  // Every connection gets an answer: the end of the connection comes from this process, not from its kernel.
  const server = createServer((connection) => connection.end());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, () => resolve(server.unref()));
  });
}

/** Whether the kernel says that no process listens there any more, or a process ends the connection. Anything else proves nothing. */
function ask(socket: string): Promise<'refused' | 'answered' | 'silent'> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    const end = (answer: 'refused' | 'answered' | 'silent') => {
      clearTimeout(timer);
      connection.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end('silent'), ANSWER_WITHIN_MS);
    connection.once('end', () => end('answered'));
    connection.once('error', (error) =>
      end('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'silent'),
    );
    connection.resume();
  });
}

async function idOf(directory: string): Promise<string | null> {
  const found = await unlessGone(stat(directory, { bigint: true }));
  return found && `${found.dev}:${found.ino}`;
}

async function thisMachine(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    return hostname();
  }
}
