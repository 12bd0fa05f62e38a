import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { keyIdOf } from '@consent-hub/token-vault';
import { TokenSealer } from './token-sealer.service.js';
import { OwnWrites, type FilePart } from './own-writes.js';
import { quietly } from '../request/quietly.js';
import { SPOOL_SUFFIX, SpoolDirectory } from './spool-directory.service.js';
import { SpoolFile } from './spool-file.js';
import { SpoolHealth } from './spool-health.service.js';
import { SpoolIndex } from './spool-index.service.js';
import type { RequestRecord } from '../request/reserved-request.js';
import { toLine, type BankAnswer, type SpooledAnswer } from './spooled-answer.js';
import { TokenGrantSettings } from '../token-grant.settings.js';

interface Pending extends BankAnswer {
  readonly request: RequestRecord;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

/** A line of a file, before it is written. */
interface SealedLine {
  readonly answers: readonly Pending[];
  readonly bytes: Buffer;
  readonly keyId: string | null;
}

/** Length of the answers that are sealed as one line, unless a single one is longer: opening any of them opens all. */
const LINE_LENGTH = 256 * 1024;
/** A process changes to a new file so many times in a retention: the old one can go before the process does. */
const FILES_IN_A_RETENTION = 4;

/**
 * Answers of the bank on the local disk before anything else is done with them: they survive the end of this process and
 * of the database. Durable when `append` resolves; answers that arrive together share one flush, and up to a size one seal and one JSON line.
 */
@Injectable()
export class AnswerSpool implements OnApplicationShutdown {
  private file: SpoolFile | null = null;
  private fileCount = 0;
  private readonly queue: Pending[] = [];
  private readonly own = new OwnWrites();
  private flushing: Promise<void> | null = null;

  constructor(
    private readonly settings: TokenGrantSettings,
    private readonly directory: SpoolDirectory,
    private readonly index: SpoolIndex,
    private readonly sealer: TokenSealer,
    private readonly health: SpoolHealth,
  ) {}

  /** Name of the file that this process writes now; null before its first answer. */
  get currentFile(): string | null {
    return this.file?.name ?? null;
  }

  /** With the refresh token that was spent, so that a later reader needs nothing else. */
  append(request: RequestRecord, { body, spent }: BankAnswer): Promise<void> {
    return new Promise((written, failed) => {
      this.queue.push({ request, body, spent, written, failed });
      this.flushing ??= this.flush();
    });
  }

  /** The database has the result of an answer that this process appended. */
  noteSettled(request: RequestRecord): void {
    this.own.settled(request);
  }

  /** What this process has appended and seen settled: see `OwnWrites.take`. */
  takeSettled(read: ReadonlyMap<string, number>): FilePart | null {
    return this.own.take(read);
  }

  /** Whether this machine is known to have answers to such requests; reads no file. */
  hasAnswer(request: RequestRecord): boolean {
    return this.index.has(request);
  }

  /** Answers to requests of a consent that spent this generation or a later one, in order, from every process. */
  find(consentId: string, generation: number): Promise<SpooledAnswer[]> {
    return this.directory.find(consentId, generation);
  }

  /** After the last call has been waited for. */
  async onApplicationShutdown(): Promise<void> {
    await this.flushing;
    await this.file?.close();
    this.file = null;
  }

  /**
   * Sets `flushing` to null in the same turn as the last check of the queue: otherwise an answer that is added between the two
   * would never be flushed.
   */
  private async flush(): Promise<void> {
    while (this.queue.length > 0) {
      const lines = inLines(this.queue.splice(0)).flatMap((answers) => this.seal(answers));
      if (lines.length > 0) await this.bring(lines);
    }
    this.flushing = null;
  }

  /** One line; what cannot be sealed together is sealed by itself, so that an answer that cannot be fails alone. */
  private seal(answers: readonly Pending[]): SealedLine[] {
    try {
      const requests = answers.map(({ request }) => request);
      const sealed = this.sealer.sealSpooled(answers);
      return [{ answers, bytes: toLine({ requests, sealed }), keyId: keyIdOf(sealed) }];
    } catch (error) {
      if (answers.length > 1) return answers.flatMap((answer) => this.seal([answer]));
      answers.forEach(({ failed }) => failed(error));
      return [];
    }
  }

  private async bring(lines: readonly SealedLine[]): Promise<void> {
    const answers = lines.flatMap((line) => line.answers);
    try {
      const { file, begin } = await this.write(Buffer.concat(lines.map(({ bytes }) => bytes)));
      this.note(file, begin, lines);
      answers.forEach(({ written }) => written());
    } catch (error) {
      answers.forEach(({ failed }) => failed(error));
      // A log that fails must not keep the next answers from the disk.
      quietly(() => this.health.failed(error));
    }
  }

  private note(file: string, begin: number, lines: readonly SealedLine[]): void {
    let end = begin;
    const noted = lines.map(({ answers, bytes, keyId }) => {
      const requests = answers.map(({ request }) => request);
      const line = { offset: end, length: bytes.length - 1, requests, keyId };
      end += bytes.length;
      return line;
    });
    this.index.note(file, { begin, end, lines: noted });
    this.own.note({ file, begin, end, requests: noted.flatMap(({ requests }) => requests) });
  }

  /**
   * Where the file that was used so far fails, a new one may work: another process has removed the old one, or its handle is
   * stale.
   *
   * @returns the offset of the first byte
   */
  private async write(lines: Buffer): Promise<{ file: string; begin: number }> {
    if (this.file && this.file.ageMs > this.fileLifeMs) await this.leave(this.file.close());
    const isNew = !this.file;
    try {
      this.file ??= await this.create();
      return { file: this.file.name, begin: await this.file.append(lines) };
    } catch (error) {
      await this.leave(this.file?.abandon());
      if (isNew) throw error;
      return this.write(lines);
    }
  }

  private async leave(closed: Promise<void> | undefined): Promise<void> {
    this.file = null;
    await closed;
  }

  private get fileLifeMs(): number {
    return (this.settings.spoolRetentionMinutes * 60_000) / FILES_IN_A_RETENTION;
  }

  private create(): Promise<SpoolFile> {
    const owner = this.settings.owner.replaceAll(/[^A-Za-z0-9.-]/g, '_');
    return SpoolFile.create(this.settings.spoolDir, `${owner}.${++this.fileCount}${SPOOL_SUFFIX}`);
  }
}

/** In their order, as many as fit in a line. */
function inLines(answers: readonly Pending[]): Pending[][] {
  const lines: Pending[][] = [];
  let room = 0;
  for (const answer of answers) {
    const { length } = answer.body.reveal();
    if (length > room || lines.length === 0) {
      lines.push([]);
      room = LINE_LENGTH;
    }
    lines.at(-1)?.push(answer);
    room -= length;
  }
  return lines;
}
