import { hash } from 'node:crypto';
import type { SearchCriteria, SearchPosition } from '@consent-hub/consent';

/** Fault of a cursor that was made for another search, or not by the hub. */
export type CursorFault = 'malformed' | 'of_another_search';

const VERSION = 1;
/** Version, microseconds since 1970, id of a consent, digest. */
const BYTES = { version: 1, moment: 8, id: 16, digest: 12 } as const;
const LENGTH = BYTES.version + BYTES.moment + BYTES.id + BYTES.digest;
const AT = {
  moment: BYTES.version,
  id: BYTES.version + BYTES.moment,
  digest: BYTES.version + BYTES.moment + BYTES.id,
};
const SHAPE = /^[A-Za-z0-9_-]{50}$/;
const LATEST_MICROS = 253_402_300_800_000_000n;

/**
 * Where the next page begins, tied to filters and order by a digest: with others it would skip what the caller never saw.
 * Nothing in it is secret and it opens no door, since every page asks anew what the caller may see; so the digest has no key.
 */
export function writeCursor(criteria: SearchCriteria, { at, id }: SearchPosition): string {
  const bytes = Buffer.alloc(LENGTH);
  bytes.writeUInt8(VERSION);
  bytes.writeBigUInt64BE(toMicros(at), AT.moment);
  bytes.write(id.replaceAll('-', ''), AT.id, 'hex');
  digestOf(criteria, bytes.subarray(0, AT.digest)).copy(bytes, AT.digest);
  return bytes.toString('base64url');
}

export function readCursor(criteria: SearchCriteria, cursor: string): SearchPosition | CursorFault {
  if (!SHAPE.test(cursor)) return 'malformed';
  const bytes = Buffer.from(cursor, 'base64url');
  // Two texts may stand for the same bytes; only the one that was handed out counts.
  if (bytes.length !== LENGTH || bytes.toString('base64url') !== cursor || bytes.readUInt8() !== VERSION)
    return 'malformed';
  const micros = bytes.readBigUInt64BE(AT.moment);
  if (micros >= LATEST_MICROS) return 'malformed';
  if (!digestOf(criteria, bytes.subarray(0, AT.digest)).equals(bytes.subarray(AT.digest)))
    return 'of_another_search';
  const id = bytes.toString('hex', AT.id, AT.digest);
  return {
    at: toText(micros),
    id: [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-'),
  };
}

function digestOf(criteria: SearchCriteria, position: Buffer): Buffer {
  const filters = Object.entries({
    ...criteria,
    states: criteria.states && [...new Set(criteria.states)].sort(),
  })
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const text = `${JSON.stringify(filters)}\n${position.toString('hex')}`;
  return hash('sha256', text, 'buffer').subarray(0, BYTES.digest);
}

function toMicros(at: string): bigint {
  const millis = BigInt(Date.parse(`${at.slice(0, 23)}Z`));
  return millis * 1000n + BigInt(at.slice(23, 26));
}

function toText(micros: bigint): string {
  const millis = new Date(Number(micros / 1000n)).toISOString().slice(0, -1);
  return `${millis}${String(micros % 1000n).padStart(3, '0')}Z`;
}
