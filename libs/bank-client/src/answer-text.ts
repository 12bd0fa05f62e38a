import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** Limit of an answer, as received and as decoded. A token answer is below 2 KB, a list of accounts below 100. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

/** What is there is decoded, even if the end of the stream is missing. */
const ZLIB = { maxOutputLength: MAX_ANSWER_BYTES, finishFlush: constants.Z_SYNC_FLUSH };
const BROTLI = { maxOutputLength: MAX_ANSWER_BYTES, finishFlush: constants.BROTLI_OPERATION_FLUSH };

type Decoder = (bytes: Buffer) => Buffer;

/** RFC 9110 section 8.4.1. Servers send `deflate` with and without the frame that the RFC asks for. */
const DECODERS: ReadonlyMap<string, readonly Decoder[]> = new Map<string, Decoder[]>([
  ['identity', [(bytes) => bytes]],
  ['gzip', [(bytes) => gunzipSync(bytes, ZLIB)]],
  ['x-gzip', [(bytes) => gunzipSync(bytes, ZLIB)]],
  ['deflate', [(bytes) => inflateSync(bytes, ZLIB), (bytes) => inflateRawSync(bytes, ZLIB)]],
  ['br', [(bytes) => brotliDecompressSync(bytes, BROTLI)]],
]);
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** `undecoded:<Content-Encoding>:<bytes in base64>`: no text of an answer begins so. */
const PREFIX = 'undecoded:';
const UNDECODED = /^undecoded:([^:]*):([A-Za-z0-9+/]*={0,2})$/;

/**
 * The text of an answer. Nothing of it is lost: bytes that cannot be decoded, or only to more than the limit, become a text
 * from which `rereadText` gets them back.
 */
export function textOf(bytes: Buffer, contentEncoding = ''): string {
  const decoded = decode(bytes, codingsOf(contentEncoding));
  if (decoded) return characters(decoded);
  // A proxy may have decoded the body and left the header.
  if (isUtf8(bytes)) return characters(bytes);
  const encoding = contentEncoding.replaceAll(':', ' ');
  return `${PREFIX}${encoding}:${bytes.toString('base64')}`;
}

/** The text of a stored answer. What could not be decoded when it came is tried again: this program may know more. */
export function rereadText(stored: string): string {
  if (!stored.startsWith(PREFIX)) return stored;
  const [, encoding, base64] = UNDECODED.exec(stored) ?? [];
  return base64 === undefined ? stored : textOf(Buffer.from(base64, 'base64'), encoding);
}

export const isUndecoded = (text: string): boolean => UNDECODED.test(text);

/** In the order in which they were applied. */
const codingsOf = (contentEncoding: string): string[] =>
  contentEncoding === ''
    ? []
    : contentEncoding
        .split(',')
        .map((coding) => coding.trim().toLowerCase())
        .filter((coding) => coding !== '');

function decode(bytes: Buffer, codings: readonly string[]): Buffer | undefined {
  if (bytes.length === 0) return bytes;
  // A proxy may have removed the header and left the body.
  if (codings.length === 0 && bytes[0] === GZIP_MAGIC[0] && bytes[1] === GZIP_MAGIC[1])
    return decode(bytes, ['gzip']);
  let decoded: Buffer | undefined = bytes;
  for (const coding of codings.toReversed())
    decoded = decoded && firstThatWorks(DECODERS.get(coding), decoded);
  return decoded;
}

function firstThatWorks(decoders: readonly Decoder[] = [], bytes: Buffer): Buffer | undefined {
  for (const decoder of decoders) {
    try {
      return decoder(bytes);
    } catch {
      // The text of the failure says only that it failed.
    }
  }
  return undefined;
}

/** RFC 8259 section 8.1: JSON is UTF-8. What is not has one character a byte, so that none is replaced. */
const characters = (bytes: Buffer): string => bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
