import { mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Secret } from '@consent-hub/psd2-protocol';
import { GrantSealer } from './grant-sealer.js';
import { HeardPairs } from './heard-pairs.js';
import { OwnAnswers, type FilePart } from './own-answers.js';
import { SPOOL_SUFFIX, SpoolDirectory } from './spool-directory.js';
import { toLine, type SpooledAnswer, type SpooledRequest } from './spooled-answer.js';
import { TokenGrantSettings } from './token-grant.settings.js';

interface Pending {
  readonly request: SpooledRequest;
  readonly body: Secret;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

/** A process changes to a new file so many times in a retention: the old one can go before the process does. */
const FILES_IN_A_RETENTION = 4;

/**
 * Answers of the bank on the local disk before anything else is done with them: they survive the death of this process and
 * of the database. Durable when `append` resolves; answers that arrive together share one flush, one seal and one JSON line.
 */
@Injectable()
export class AnswerSpool implements OnApplicationShutdown {
  private file: Promise<FileHandle> | null = null;
  private fileCount = 0;
  private fileSince = 0;
  private readonly queue: Pending[] = [];
  private readonly own = new OwnAnswers();
  private flushing: Promise<void> | null = null;

  constructor(
    private readonly settings: TokenGrantSettings,
    private readonly directory: SpoolDirectory,
    private readonly heard: HeardPairs,
    private readonly sealer: GrantSealer,
  ) {}

  /** Name of the file that this process writes now; null before its first answer. */
  get currentFile(): string | null {
    return this.file && this.nameOf(this.fileCount);
  }

  append(request: SpooledRequest, body: Secret): Promise<void> {
    return new Promise((written, failed) => {
      this.queue.push({ request, body, written, failed });
      this.flushing ??= this.flush();
    });
  }

  /** The database has what came of an answer that this process appended. */
  noteSettled(request: SpooledRequest): void {
    this.own.settled(request);
  }

  /** What this process has appended and seen settled: see `OwnAnswers.take`. */
  takeSettled(read: ReadonlyMap<string, number>): FilePart | null {
    return this.own.take(read);
  }

  /** Whether this machine is known to have answers to such requests; reads no file. */
  hasHeard(request: SpooledRequest): boolean {
    return this.heard.has(request);
  }

  /** Answers to requests of a consent that spent this generation or a later one, in order, whichever process heard them. */
  find(consentId: string, generation: number): Promise<SpooledAnswer[]> {
    return this.directory.find(consentId, generation);
  }

  /** After the last call has been waited for. */
  async onApplicationShutdown(): Promise<void> {
    await this.flushing;
    await this.close();
  }

  /** Ends without a pause between the last look at the queue and the word that it has ended: nobody waits in vain. */
  private async flush(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0);
      try {
        const requests = batch.map(({ request }) => request);
        // The first line end closes what a write that failed half-way may have left.
        const line = Buffer.from(`\n${toLine({ requests, sealed: this.sealer.sealSpooled(batch) })}`);
        const end = await this.write(line);
        const file = this.nameOf(this.fileCount);
        this.heard.note(file, requests);
        this.own.note({ file, begin: end - line.length, end, requests });
        batch.forEach(({ written }) => written());
      } catch (error) {
        await this.close();
        batch.forEach(({ failed }) => failed(error));
      }
    }
    this.flushing = null;
  }

  /**
   * A file whose name another process has removed meanwhile would be found by nobody: its answers go into a new one.
   *
   * @returns the size of the file, which nobody else writes
   */
  private async write(line: Buffer): Promise<number> {
    if (this.isOld()) await this.close();
    this.file ??= this.create();
    const file = await this.file;
    await file.appendFile(line);
    await file.datasync();
    const { nlink, size } = await file.stat();
    if (nlink > 0) return size;
    await this.close();
    return this.write(line);
  }

  private isOld(): boolean {
    const ageMs = performance.now() - this.fileSince;
    return ageMs > (this.settings.spoolRetentionMinutes * 60_000) / FILES_IN_A_RETENTION;
  }

  private async close(): Promise<void> {
    const file = this.file;
    this.file = null;
    await file?.then((handle) => handle.close()).catch(() => undefined);
  }

  private async create(): Promise<FileHandle> {
    this.fileCount++;
    this.fileSince = performance.now();
    const directory = this.settings.spoolDir;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = await open(path.join(directory, this.nameOf(this.fileCount)), 'a', 0o600);
    // The name is part of what must survive.
    const entry = await open(directory, 'r');
    await entry.sync().finally(() => entry.close());
    return file;
  }

  private nameOf(count: number): string {
    return `${this.settings.owner.replaceAll(/[^A-Za-z0-9.-]/g, '_')}.${count}${SPOOL_SUFFIX}`;
  }
}
