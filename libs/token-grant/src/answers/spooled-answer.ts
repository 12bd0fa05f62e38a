import type { Secret } from '@consent-hub/psd2-protocol';
import { keyIdOf } from '@consent-hub/token-vault';
import type { RequestRecord } from '../request/reserved-request.js';

/** What the bank answered. */
export interface BankAnswer {
  readonly body: Secret;
  /** The refresh token that it was asked with, which the answer may leave as it is (RFC 6749 section 6). Absent: a code was. */
  readonly spent?: Secret | undefined;
}

/** Answers of the bank that were sealed together, and the requests that they are to. One line of a file. */
export interface SpooledFlush {
  readonly requests: readonly RequestRecord[];
  /** All of them as one value of the vault. */
  readonly sealed: Buffer;
}

export interface SpooledAnswer {
  readonly request: RequestRecord;
  /** The one that brought it. */
  readonly flush: SpooledFlush;
}

/** A request as a line has it: moments in milliseconds since 1970, and no caller where there is none. */
type Entry = Omit<RequestRecord, 'sentAt' | 'leaseEndsAt' | 'callerRequestId'> & {
  sentAt: number;
  leaseEndsAt: number;
  callerRequestId?: string | null;
};

/** Separates the requests of a line from their sealed answers. In a JSON text, a string cannot hold it: its quotes would be escaped. */
const BEFORE_SEALED = ',"sealed":"';
const LINE_TAIL = '"}';
/** Characters of base64 that hold the longest key id at the beginning of a sealed value, whole groups of four. */
const KEY_ID_CHARACTERS = 48;

/** One JSON line of a file, its end included. The sealed answers come last: a reader need not go through them. */
export function toLine({ requests, sealed }: SpooledFlush): Buffer {
  const entries = JSON.stringify(requests.map(toEntry));
  return Buffer.from(`{"requests":${entries}${BEFORE_SEALED}${sealed.toString('base64')}${LINE_TAIL}\n`);
}

const toEntry = ({
  id,
  consentId,
  brand,
  grantType,
  expectedGeneration,
  requestId,
  sentAt,
  owner,
  leaseEndsAt,
  callerRequestId,
}: RequestRecord): Entry => ({
  id,
  consentId,
  brand,
  grantType,
  expectedGeneration,
  requestId,
  sentAt: sentAt.getTime(),
  owner,
  leaseEndsAt: leaseEndsAt.getTime(),
  ...(callerRequestId !== null && { callerRequestId }),
});

/** A flush that was read: most are never opened, so the sealed answers stay as they are in the line until they are. */
export class ReadFlush implements SpooledFlush {
  constructor(
    readonly requests: readonly RequestRecord[],
    private readonly base64: Buffer,
  ) {}

  get sealed(): Buffer {
    return Buffer.from(this.base64.toString('latin1'), 'base64');
  }

  /** The key that has sealed the answers; null where they are no sealed value. */
  get keyId(): string | null {
    return keyIdOf(Buffer.from(this.base64.toString('latin1', 0, KEY_ID_CHARACTERS), 'base64'));
  }
}

/**
 * @param line without its end; may be overwritten afterwards
 * @returns null for what is no whole line: its process ended while it wrote
 */
export function fromLine(line: Buffer): ReadFlush | null {
  const end = line.indexOf(BEFORE_SEALED);
  const base64 = line.subarray(end + BEFORE_SEALED.length, -LINE_TAIL.length);
  // A machine that stopped may leave zeros where the disk had no data yet.
  if (
    end < 0 ||
    !line.toString('latin1', line.length - LINE_TAIL.length).endsWith(LINE_TAIL) ||
    base64.includes(0)
  )
    return null;
  try {
    const { requests } = JSON.parse(`${line.toString('utf8', 0, end)}}`) as { requests: Entry[] };
    return new ReadFlush(requests.map(fromEntry), Buffer.from(base64));
  } catch {
    return null;
  }
}

/** In place: a spool may hold hundreds of thousands, and a copy costs more than to parse one. */
const fromEntry = (entry: Entry): RequestRecord =>
  Object.assign(entry, {
    sentAt: new Date(entry.sentAt),
    leaseEndsAt: new Date(entry.leaseEndsAt),
    callerRequestId: entry.callerRequestId ?? null,
  });

export const answersOf = (flush: SpooledFlush): SpooledAnswer[] =>
  flush.requests.map((request) => ({ request, flush }));

/** Answers of one consent follow each other by generation. */
export const inOrder = (answers: readonly SpooledAnswer[]): SpooledAnswer[] =>
  [...answers].sort((a, b) => a.request.expectedGeneration - b.request.expectedGeneration);
