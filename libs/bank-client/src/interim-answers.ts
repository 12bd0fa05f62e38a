import type { Duplex } from 'node:stream';

/** Limit of an interim answer: a longer one is passed to the parser. */
const MAX_INTERIM_BYTES = 1024 * 1024;
const STATUS_LINE_BYTES = 'HTTP/1.1 100'.length;
/** 101 is no interim answer: what follows it is not HTTP any more. */
const INTERIM = /^HTTP\/1\.[01] 1(?!01)\d\d/;
/** Where the first digit of the status stands; interim answers have a one there. */
const FIRST_DIGIT = 'HTTP/1.1 '.length;
const ONE = '1'.charCodeAt(0);
const END_OF_HEAD = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);

/**
 * Removes interim answers (RFC 9110 section 15.2: 100, 102, 103) from what a connection reads. undici ends the connection at
 * a 100, since it never asks for one, and the answer that follows it would be lost.
 *
 * For connections on which one request at a time is written whole, then answered: a write begins the next answer.
 */
export class InterimAnswers {
  /** What has arrived of an answer so far, until it is known to be the final one; then nothing. */
  private begun: Buffer | undefined;

  /** Puts itself between a socket and its reader. */
  static removeFrom(socket: Duplex): void {
    const filter = new InterimAnswers();
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    Object.assign(socket, {
      read: (size?: number): Buffer | null => {
        for (let chunk = read(size); chunk !== null; chunk = read(size)) {
          const rest = filter.take(chunk);
          if (rest.length > 0) return rest;
        }
        return null;
      },
      write: (...args: unknown[]): boolean => {
        filter.expect();
        return write(...args);
      },
    });
  }

  /** The next bytes begin an answer. */
  expect(): void {
    this.begun ??= NOTHING;
  }

  /** @returns what a reader may have of all that has come: nothing as long as it may be an interim answer */
  take(chunk: Buffer): Buffer {
    if (!this.begun) return chunk;
    if (this.begun.length === 0 && chunk.length >= STATUS_LINE_BYTES && chunk[FIRST_DIGIT] !== ONE) {
      this.begun = undefined;
      return chunk;
    }
    let bytes = Buffer.concat([this.begun, chunk]);
    while (INTERIM.test(bytes.toString('latin1', 0, STATUS_LINE_BYTES)) && bytes.length < MAX_INTERIM_BYTES) {
      const end = bytes.indexOf(END_OF_HEAD);
      if (end < 0) return this.wait(bytes);
      bytes = bytes.subarray(end + END_OF_HEAD.length);
    }
    if (bytes.length < STATUS_LINE_BYTES) return this.wait(bytes);
    this.begun = undefined;
    return bytes;
  }

  private wait(bytes: Buffer): Buffer {
    this.begun = bytes;
    return NOTHING;
  }
}
