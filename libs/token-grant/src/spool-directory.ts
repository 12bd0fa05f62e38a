import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { types } from 'node:util';
import { Injectable, Logger } from '@nestjs/common';
import { answersOf, fromLine, inOrder, type SpooledAnswer } from './spooled-answer.js';
import { TokenGrantSettings } from './token-grant.settings.js';

export const SPOOL_SUFFIX = '.answers';

const LINE_END = 0x0a;

/** One read: the answers of a piece of a file, and where the next piece begins. */
export interface SpoolPiece {
  readonly answers: SpooledAnswer[];
  readonly nextOffset: number;
}

/** The files of the spool, this process's and others', as they are read. */
@Injectable()
export class SpoolDirectory {
  private readonly logger = new Logger(SpoolDirectory.name);

  constructor(private readonly settings: TokenGrantSettings) {}

  /** Names of the files, in no particular order. */
  async files(): Promise<string[]> {
    const names = (await unlessGone(readdir(this.settings.spoolDir))) ?? [];
    return names.filter((name) => name.endsWith(SPOOL_SUFFIX));
  }

  /**
   * Reads what a file holds from an offset on, a piece at a time, up to its last whole line. Nothing where it is gone.
   */
  async *read(name: string, offset = 0): AsyncGenerator<SpoolPiece> {
    const file = path.join(this.settings.spoolDir, name);
    const size = (await unlessGone(stat(file)))?.size ?? 0;
    if (size <= offset) return;
    let rest = Buffer.alloc(0);
    let nextOffset = offset;
    const chunks = createReadStream(file, { start: offset, highWaterMark: 1024 * 1024 });
    try {
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        const bytes = Buffer.concat([rest, chunk]);
        const end = bytes.lastIndexOf(LINE_END) + 1;
        rest = bytes.subarray(end);
        if (end === 0) continue;
        nextOffset += end;
        yield { answers: this.parse(name, bytes.toString('utf8', 0, end)), nextOffset };
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** Answers to requests of a consent that spent this generation or a later one, in order: the spool is asked before a probe. */
  async find(consentId: string, generation: number): Promise<SpooledAnswer[]> {
    const found = [];
    for (const name of await this.files()) {
      for await (const { answers } of this.read(name)) {
        for (const answer of answers) {
          const { request } = answer;
          if (request.consentId === consentId && request.expectedGeneration >= generation) found.push(answer);
        }
      }
    }
    return inOrder(found);
  }

  /** Removes a file if its last answer is older than the retention; call it when all that it holds is settled. */
  async prune(name: string): Promise<void> {
    const file = path.join(this.settings.spoolDir, name);
    const oldest = Date.now() - this.settings.spoolRetentionMinutes * 60_000;
    const found = await unlessGone(stat(file));
    if (found && found.mtimeMs < oldest) await rm(file, { force: true });
  }

  private parse(name: string, lines: string): SpooledAnswer[] {
    const answers = [];
    for (const line of lines.split('\n')) {
      const flush = line === '' ? null : fromLine(line);
      if (flush) answers.push(...answersOf(flush));
      else if (line !== '') this.logger.warn(`skipped a torn line of ${name}`);
    }
    return answers;
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

const isGone = (error: unknown): boolean =>
  types.isNativeError(error) && 'code' in error && error.code === 'ENOENT';
