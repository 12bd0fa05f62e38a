import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { types } from 'node:util';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { TokenRequestEntity } from './token-request.entity.js';
import { TokenGrantSettings } from './token-grant.settings.js';

/** What must be known of a request to settle it again, even where the database has forgotten it. */
export type SpooledRequest = Pick<
  TokenRequestEntity,
  | 'id'
  | 'consentId'
  | 'brand'
  | 'grantType'
  | 'expectedGeneration'
  | 'requestId'
  | 'sentAt'
  | 'owner'
  | 'leaseEndsAt'
>;

export interface SpooledAnswer {
  readonly request: SpooledRequest;
  /** The bank's answer, sealed by the vault. */
  readonly sealed: Buffer;
}

interface Pending {
  readonly line: string;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

const SUFFIX = '.answers';

/**
 * Answers of the bank on the local disk before anything else is done with them: they survive the death of this process and
 * of the database. One file a process, one JSON line an answer, durable when `append` resolves; answers that arrive together
 * share one flush. Files are replayed at the next start and go once they are older than the retention.
 */
@Injectable()
export class AnswerSpool implements OnApplicationShutdown {
  private readonly logger = new Logger(AnswerSpool.name);
  private file: Promise<FileHandle> | null = null;
  private readonly name: string;
  private readonly queue: Pending[] = [];
  private flushing: Promise<void> | null = null;

  constructor(private readonly settings: TokenGrantSettings) {
    const owner = settings.owner.replaceAll(/[^A-Za-z0-9.-]/g, '_');
    this.name = `${owner}.${process.pid}.${randomBytes(4).toString('hex')}${SUFFIX}`;
  }

  append(answer: SpooledAnswer): Promise<void> {
    const line = `${serialize(answer)}\n`;
    return new Promise((written, failed) => {
      this.queue.push({ line, written, failed });
      this.flushing ??= this.flush();
    });
  }

  /** Answers that other processes, most of them dead, have left here. A torn last line is that of an answer never heard. */
  async leftBehind(): Promise<SpooledAnswer[]> {
    const answers = [];
    for (const name of await this.otherFiles()) {
      const text = await unlessGone(readFile(path.join(this.settings.spoolDir, name), 'utf8'));
      for (const line of text?.split('\n') ?? []) {
        const answer = line === '' ? null : parseLine(line);
        if (answer) answers.push(answer);
        else if (line !== '') this.logger.warn(`skipped a torn line of ${name}`);
      }
    }
    // Answers of one consent follow each other by generation.
    return answers.sort((a, b) => a.request.expectedGeneration - b.request.expectedGeneration);
  }

  /** Removes files whose last answer is older than the retention; call it when all they hold is settled. */
  async prune(): Promise<void> {
    const oldest = Date.now() - this.settings.spoolRetentionMinutes * 60_000;
    for (const name of await this.otherFiles()) {
      const file = path.join(this.settings.spoolDir, name);
      const found = await unlessGone(stat(file));
      if (found && found.mtimeMs < oldest) await rm(file, { force: true });
    }
  }

  /** After the last call has been waited for. */
  async onApplicationShutdown(): Promise<void> {
    await this.flushing;
    await this.reopen();
  }

  /** Ends without a pause between the last look at the queue and the word that it has ended: nobody waits in vain. */
  private async flush(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0);
      try {
        await this.write(batch.map(({ line }) => line).join(''));
        batch.forEach(({ written }) => written());
      } catch (error) {
        await this.reopen();
        batch.forEach(({ failed }) => failed(error));
      }
    }
    this.flushing = null;
  }

  /** A file whose name another process has removed meanwhile would be found by nobody: its answers go into a new one. */
  private async write(lines: string): Promise<void> {
    this.file ??= this.create();
    const file = await this.file;
    // The first line end closes what a write that failed half-way may have left.
    await file.appendFile(`\n${lines}`);
    await file.datasync();
    if ((await file.stat()).nlink > 0) return;
    await this.reopen();
    await this.write(lines);
  }

  private async reopen(): Promise<void> {
    const file = this.file;
    this.file = null;
    await file?.then((handle) => handle.close()).catch(() => undefined);
  }

  private async create(): Promise<FileHandle> {
    const directory = this.settings.spoolDir;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = await open(path.join(directory, this.name), 'a', 0o600);
    // The name is part of what must survive.
    const entry = await open(directory, 'r');
    await entry.sync().finally(() => entry.close());
    return file;
  }

  private async otherFiles(): Promise<string[]> {
    const names = (await unlessGone(readdir(this.settings.spoolDir))) ?? [];
    return names.filter((name) => name.endsWith(SUFFIX) && name !== this.name).sort();
  }
}

/** Null for what is not there, or no longer: replicas that start together remove the same files. */
async function unlessGone<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (types.isNativeError(error) && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function serialize({ request, sealed }: SpooledAnswer): string {
  const { id, consentId, brand, grantType, expectedGeneration, requestId, sentAt, owner, leaseEndsAt } =
    request;
  const kept = { id, consentId, brand, grantType, expectedGeneration, requestId, sentAt, owner, leaseEndsAt };
  return JSON.stringify({ ...kept, sealed: sealed.toString('base64') });
}

function parseLine(line: string): SpooledAnswer | null {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
  const { sealed, sentAt, leaseEndsAt, ...request } = entry as unknown as SpooledRequest & {
    sealed: string;
    sentAt: string;
    leaseEndsAt: string;
  };
  return {
    request: { ...request, sentAt: new Date(sentAt), leaseEndsAt: new Date(leaseEndsAt) },
    sealed: Buffer.from(sealed, 'base64'),
  };
}
