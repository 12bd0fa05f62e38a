import { Injectable } from '@nestjs/common';
import { AnswerTable, consentKey } from './answer-table.js';
import type { RequestRecord } from '../request/reserved-request.js';

type Spent = Pick<RequestRecord, 'consentId' | 'expectedGeneration'>;

/** A line of a file: its offsets, the end excluded, and the consents whose answers it holds. */
export interface SpoolLine {
  /** Offset of its first byte. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  readonly requests: readonly Spent[];
  /** The key that has sealed the answers; absent or null: unknown. */
  readonly keyId?: string | null;
}

/** The place of a line. */
export interface LinePlace {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

interface FileIndex {
  readonly answers: AnswerTable;
  /** Places of the lines, two numbers each: offset and length. */
  readonly lines: number[];
  /** How many answers each key has sealed. */
  readonly byKey: Map<string, number>;
  /** Offset of the first byte that was not read. */
  end: number;
}

/**
 * Which token pairs the spool of this machine has answers for, and in which line, in memory: asked before every call. Filled
 * with what this process appends and with what it reads of others. A file that goes takes its part along.
 */
@Injectable()
export class SpoolIndex {
  private readonly files = new Map<string, FileIndex>();

  /** Up to where a file is indexed. */
  endOf(file: string): number {
    return this.files.get(file)?.end ?? 0;
  }

  /**
   * Adds the lines of a part of a file, of which some or all may be known already. A part that does not follow what is known
   * is left out: the next read starts at `endOf`.
   */
  note(file: string, part: { begin: number; end: number; lines: readonly SpoolLine[] }): void {
    let index = this.files.get(file);
    if (!index) this.files.set(file, (index = emptyIndex()));
    if (part.begin > index.end) return;
    for (const { offset, length, requests, keyId } of part.lines) {
      if (offset < index.end) continue;
      if (keyId != null) index.byKey.set(keyId, (index.byKey.get(keyId) ?? 0) + requests.length);
      const line = index.lines.push(offset, length) / 2 - 1;
      for (const { consentId, expectedGeneration } of requests)
        index.answers.add(consentKey(consentId), expectedGeneration, line);
    }
    index.end = Math.max(index.end, part.end);
  }

  /** Forgets all but these files. */
  retain(files: ReadonlySet<string | null>): void {
    for (const file of this.files.keys()) if (!files.has(file)) this.files.delete(file);
  }

  /** Whether there is an answer to a request that spent this token pair of the consent, or a later one. */
  has({ consentId, expectedGeneration }: Spent): boolean {
    const key = consentKey(consentId);
    for (const { answers } of this.files.values()) if (answers.has(key, expectedGeneration)) return true;
    return false;
  }

  /** How many answers of the spool each key of the vault has sealed. */
  answersByKey(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { byKey } of this.files.values())
      for (const [keyId, count] of byKey) counts[keyId] = (counts[keyId] ?? 0) + count;
    return counts;
  }

  /** The lines with such answers, each once. The reader of a line selects the answers that match. */
  places({ consentId, expectedGeneration }: Spent): LinePlace[] {
    const key = consentKey(consentId);
    return [...this.files].flatMap(([file, { answers, lines }]) =>
      [...new Set(answers.lines(key, expectedGeneration))].map((line) => ({
        file,
        offset: lines[2 * line] ?? 0,
        length: lines[2 * line + 1] ?? 0,
      })),
    );
  }
}

const emptyIndex = (): FileIndex => ({ answers: new AnswerTable(), lines: [], byKey: new Map(), end: 0 });
