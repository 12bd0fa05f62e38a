import type { TokenRequestEntity } from './token-request.entity.js';

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

/** The bank's answers that one flush brought to the disk: which requests they are to, and they themselves. */
export interface SpooledFlush {
  readonly requests: readonly SpooledRequest[];
  /** All of them as one value of the vault. */
  readonly sealed: Buffer;
}

export interface SpooledAnswer {
  readonly request: SpooledRequest;
  /** The one that brought it. */
  readonly flush: SpooledFlush;
}

/** One JSON line of a file. */
export function toLine({ requests, sealed }: SpooledFlush): string {
  return `${JSON.stringify({ requests: requests.map(toEntry), sealed: sealed.toString('base64') })}\n`;
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
}: SpooledRequest): Entry => ({
  id,
  consentId,
  brand,
  grantType,
  expectedGeneration,
  requestId,
  sentAt: sentAt.getTime(),
  owner,
  leaseEndsAt: leaseEndsAt.getTime(),
});

/** As a line has it: moments in milliseconds since 1970. */
type Entry = Omit<SpooledRequest, 'sentAt' | 'leaseEndsAt'> & { sentAt: number; leaseEndsAt: number };

/** @returns null for what is no whole line: of a process that died while writing */
export function fromLine(line: string): SpooledFlush | null {
  let flush: Partial<{ requests: Entry[]; sealed: string }>;
  try {
    flush = JSON.parse(line) as typeof flush;
  } catch {
    return null;
  }
  if (!flush.requests || !flush.sealed) return null;
  const requests = flush.requests.map(({ sentAt, leaseEndsAt, ...request }) => ({
    ...request,
    sentAt: new Date(sentAt),
    leaseEndsAt: new Date(leaseEndsAt),
  }));
  return { requests, sealed: Buffer.from(flush.sealed, 'base64') };
}

export const answersOf = (flush: SpooledFlush): SpooledAnswer[] =>
  flush.requests.map((request) => ({ request, flush }));

/** Answers of one consent follow each other by generation. */
export const inOrder = (answers: readonly SpooledAnswer[]): SpooledAnswer[] =>
  [...answers].sort((a, b) => a.request.expectedGeneration - b.request.expectedGeneration);
