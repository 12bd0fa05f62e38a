import type { RequestRecord } from '../request/reserved-request.js';

/** A part of a file of the spool. */
export interface FilePart {
  readonly file: string;
  /** Offset of its first byte. */
  readonly begin: number;
  /** Offset of the first byte after it. */
  readonly end: number;
  /** The requests whose answers it holds. */
  readonly requests: readonly RequestRecord[];
}

interface Flushed extends FilePart {
  /** Answers that are not known to be in the database. */
  open: number;
}

/**
 * What this process has written to its spool file and has since seen in the database: the comparison of the two need not read
 * it again. A process settles thousands of answers between two comparisons.
 */
export class OwnWrites {
  private flushed: Flushed[] = [];
  private readonly byRequest = new Map<string, Flushed>();

  /** One flush. When the file changes, unsettled answers of the earlier file are left to its readers. */
  note(part: FilePart): void {
    if (this.flushed[0] && this.flushed[0].file !== part.file) this.forget();
    const flushed = { ...part, open: part.requests.length };
    this.flushed.push(flushed);
    for (const { id } of part.requests) this.byRequest.set(id, flushed);
  }

  /** The database has the result of this answer. */
  settled({ id }: Pick<RequestRecord, 'id'>): void {
    const flushed = this.byRequest.get(id);
    if (!flushed) return;
    this.byRequest.delete(id);
    flushed.open--;
  }

  /**
   * What was settled behind what has been read, up to the first answer that is not; null where that is nothing, or where
   * something before it is yet to be read. What has been read is forgotten.
   *
   * @param read how far each file has been read
   */
  take(read: ReadonlyMap<string, number>): FilePart | null {
    const [oldest] = this.flushed;
    if (!oldest) return null;
    const offset = read.get(oldest.file) ?? 0;
    for (const part of this.split((part) => part.end > offset))
      if (part.open > 0) for (const { id } of part.requests) this.byRequest.delete(id);
    const [next] = this.flushed;
    if (!next || next.begin > offset) return null;
    const settled = this.split((part) => part.open > 0);
    const last = settled.at(-1);
    return last ? { ...next, end: last.end, requests: settled.flatMap(({ requests }) => requests) } : null;
  }

  /** Takes out what comes before the first part of a kind. */
  private split(isKept: (part: Flushed) => boolean): Flushed[] {
    const kept = this.flushed.findIndex(isKept);
    return this.flushed.splice(0, kept < 0 ? this.flushed.length : kept);
  }

  private forget(): void {
    this.flushed = [];
    this.byRequest.clear();
  }
}
