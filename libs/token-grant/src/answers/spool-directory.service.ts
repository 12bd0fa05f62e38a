import { open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { types } from 'node:util';
import { Injectable, Logger } from '@nestjs/common';
import { SpoolIndex, type LinePlace, type SpoolLine } from './spool-index.service.js';
import { answersOf, fromLine, inOrder, type SpooledAnswer } from './spooled-answer.js';
import { TokenGrantSettings } from '../token-grant.settings.js';

export const SPOOL_SUFFIX = '.answers';

const LINE_END = 0x0a;
/** Bytes that are read at once; a longer line is read in one piece. */
const PIECE_BYTES = 2 * 1024 * 1024;
/** Writing a line never takes so long: the process that left it unfinished has ended. */
const UNFINISHED_MS = 60_000;

/** One read: the answers of a piece of a file, and where the next piece begins. */
export interface SpoolPiece {
  readonly answers: SpooledAnswer[];
  readonly nextOffset: number;
}

/** A line without an end at the end of a file. */
interface Unfinished {
  readonly offset: number;
  /** Size of the file. */
  readonly size: number;
  readonly isReported: boolean;
}

/** The files of the spool, this process's and others', as they are read. */
@Injectable()
export class SpoolDirectory {
  private readonly logger = new Logger(SpoolDirectory.name);
  private readonly unfinished = new Map<string, Unfinished>();
  private indexing: Promise<void> | null = null;
  private indexingNext: Promise<void> | null = null;

  constructor(
    private readonly settings: TokenGrantSettings,
    private readonly index: SpoolIndex,
  ) {}

  /** Names of the files, in no particular order. */
  async files(): Promise<string[]> {
    const names = (await unlessGone(readdir(this.settings.spoolDir))) ?? [];
    const files = names.filter((name) => name.endsWith(SPOOL_SUFFIX));
    for (const name of this.unfinished.keys()) if (!files.includes(name)) this.unfinished.delete(name);
    return files;
  }

  /** Their sizes in bytes. */
  async sizes(): Promise<number[]> {
    const found = await Promise.all((await this.files()).map((name) => unlessGone(stat(this.pathOf(name)))));
    return found.flatMap((file) => file?.size ?? []);
  }

  /**
   * Reads what a file holds from an offset on, a piece at a time, up to its last whole line. Nothing where it is gone.
   */
  async *read(name: string, offset = 0): AsyncGenerator<SpoolPiece> {
    const found = await unlessGone(stat(this.pathOf(name)));
    if (!found || found.size <= offset) return;
    const { size, mtimeMs } = found;
    const left = this.unfinished.get(name);
    if (left?.offset === offset && left.size === size) {
      if (!left.isReported) this.noteUnfinished(name, { offset, size }, mtimeMs);
      return;
    }
    const file = await unlessGone(open(this.pathOf(name)));
    if (!file) return;
    try {
      const nextOffset = yield* this.pieces(file, name, { offset, size });
      if (nextOffset < size) this.noteUnfinished(name, { offset: nextOffset, size }, mtimeMs);
    } finally {
      await file.close();
    }
  }

  /** Answers to requests of a consent that spent this generation or a later one, in order: the spool is asked before a probe. */
  async find(consentId: string, generation: number): Promise<SpooledAnswer[]> {
    await this.readOn();
    const places = this.index.places({ consentId, expectedGeneration: generation });
    const read = await Promise.all(places.map((place) => this.readLine(place)));
    const found = read
      .flat()
      .filter(({ request }) => request.consentId === consentId && request.expectedGeneration >= generation);
    return inOrder(found);
  }

  /** Removes a file if its last answer is older than the retention; call it when all that it holds is settled. */
  async prune(name: string): Promise<void> {
    const oldest = Date.now() - this.settings.spoolRetentionMinutes * 60_000;
    const found = await unlessGone(stat(this.pathOf(name)));
    if (found && found.mtimeMs < oldest) await rm(this.pathOf(name), { force: true });
  }

  /** Indexes everything that was appended before the call. All calls that arrive during a run share the next run. */
  private readOn(): Promise<void> {
    const { indexing } = this;
    if (!indexing) return (this.indexing = this.indexAll().finally(() => (this.indexing = null)));
    this.indexingNext ??= indexing
      .catch(() => undefined)
      .then(() => {
        this.indexingNext = null;
        return this.readOn();
      });
    return this.indexingNext;
  }

  private async indexAll(): Promise<void> {
    for (const name of await this.files()) {
      const pieces = this.read(name, this.index.endOf(name));
      while (!(await pieces.next()).done);
    }
  }

  /** @returns the offset after the last whole line */
  private async *pieces(
    file: FileHandle,
    name: string,
    { offset, size }: { offset: number; size: number },
  ): AsyncGenerator<SpoolPiece, number> {
    let [at, most] = [offset, PIECE_BYTES];
    let buffer = Buffer.alloc(0);
    while (at < size) {
      const wanted = Math.min(most, size - at);
      if (buffer.length < wanted) buffer = Buffer.allocUnsafeSlow(wanted);
      const { bytesRead } = await file.read(buffer, 0, wanted, at);
      const length = buffer.subarray(0, bytesRead).lastIndexOf(LINE_END) + 1;
      if (length > 0) {
        const answers = this.parse(name, buffer.subarray(0, length), at);
        at += length;
        yield { answers, nextOffset: at };
      } else if (bytesRead === 0 || at + bytesRead >= size) break;
      else most *= 2;
    }
    return at;
  }

  private parse(name: string, bytes: Buffer, begin: number): SpooledAnswer[] {
    const answers: SpooledAnswer[] = [];
    const lines: SpoolLine[] = [];
    const known = this.index.endOf(name);
    let end: number;
    for (let at = 0; at < bytes.length; at = end + 1) {
      end = bytes.indexOf(LINE_END, at);
      if (end === at) continue;
      const offset = begin + at;
      const flush = fromLine(bytes.subarray(at, end));
      if (flush) {
        for (const answer of answersOf(flush)) answers.push(answer);
        lines.push({ offset, length: end - at, requests: flush.requests, keyId: flush.keyId });
      } else if (offset >= known)
        this.logger.warn({ msg: 'incomplete line of a spool file skipped', file: name, offset });
    }
    this.index.note(name, { begin, end: begin + bytes.length, lines });
    return answers;
  }

  private async readLine({ file: name, offset, length }: LinePlace): Promise<SpooledAnswer[]> {
    const file = await unlessGone(open(this.pathOf(name)));
    if (!file) return [];
    try {
      const line = Buffer.allocUnsafeSlow(length);
      const { bytesRead } = await file.read(line, 0, length, offset);
      const flush = fromLine(line.subarray(0, bytesRead));
      return flush ? answersOf(flush) : [];
    } finally {
      await file.close();
    }
  }

  /** What is not finished now may be in a moment; after a minute it is not going to be. */
  private noteUnfinished(
    name: string,
    { offset, size }: Omit<Unfinished, 'isReported'>,
    mtimeMs: number,
  ): void {
    const known = this.unfinished.get(name);
    const wasReported = known?.offset === offset && known.isReported;
    const isTorn = wasReported || Date.now() - mtimeMs > UNFINISHED_MS;
    if (isTorn && !wasReported)
      this.logger.warn({ msg: 'incomplete line of a spool file skipped', file: name, offset });
    this.unfinished.set(name, { offset, size, isReported: isTorn });
  }

  private pathOf(name: string): string {
    return path.join(this.settings.spoolDir, name);
  }
}

/** Null for what is not there, or no longer: replicas that start together remove the same files. */
export async function unlessGone<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** A path through a file leads nowhere either. */
const isGone = (error: unknown): boolean =>
  types.isNativeError(error) && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
