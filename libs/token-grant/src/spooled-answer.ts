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

export interface SpooledAnswer {
  readonly request: SpooledRequest;
  /** The bank's answer, sealed by the vault. */
  readonly sealed: Buffer;
}

/** One JSON line of a file. */
export function toLine({ request, sealed }: SpooledAnswer): string {
  const { id, consentId, brand, grantType, expectedGeneration, requestId, sentAt, owner, leaseEndsAt } =
    request;
  const kept = { id, consentId, brand, grantType, expectedGeneration, requestId, sentAt, owner, leaseEndsAt };
  return `${JSON.stringify(Object.assign(kept, { sealed: sealed.toString('base64') }))}\n`;
}

/** @returns null for what is no whole line: of a process that died while writing */
export function fromLine(line: string): SpooledAnswer | null {
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

/** Answers of one consent follow each other by generation. */
export const inOrder = (answers: readonly SpooledAnswer[]): SpooledAnswer[] =>
  [...answers].sort((a, b) => a.request.expectedGeneration - b.request.expectedGeneration);
