import { CertificateError } from './certificate-error.js';

/** The tags of X.690 that are met on the way to the statement of a payment service provider. */
export const TAG = {
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  /** RFC 5280 section 4.1: `version [0]` and `extensions [3]` of a certificate. */
  context0: 0xa0,
  context3: 0xa3,
} as const;

export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
}

/** Writes one value: tag, definite length, content (X.690 clause 8.1). */
export function writeDer(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length > 0xffff) throw new RangeError('a DER value of this library is at most 65535 bytes long');
  const prefix =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...prefix]), content]);
}

export const writeSequence = (...items: Buffer[]): Buffer => writeDer(TAG.sequence, Buffer.concat(items));

export const writeText = (text: string, type: 'utf8String' | 'printableString' = 'utf8String'): Buffer =>
  writeDer(TAG[type], Buffer.from(text, 'utf8'));

/** X.690 clause 8.19: the first two arcs share a byte, the others are base 128 with a continuation bit. */
export function writeObjectIdentifier(oid: string): Buffer {
  const [first = 0, second = 0, ...arcs] = oid.split('.').map(Number);
  const bytes = arcs.flatMap((arc) => {
    const digits = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
      digits.unshift((rest % 128) | 0x80);
    return digits;
  });
  return writeDer(TAG.objectIdentifier, Buffer.from([first * 40 + second, ...bytes]));
}

/**
 * Reads the values that stand one after the other in `bytes`.
 *
 * @throws CertificateError `malformed` when a length runs past the end, or is indefinite or longer than four bytes
 */
export function readDerValues(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = byteAt(bytes, at);
    const first = byteAt(bytes, at + 1);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || lengthBytes > 4) throw malformed();
    let length = first < 0x80 ? first : 0;
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + byteAt(bytes, at + 2 + i);
    const start = at + 2 + lengthBytes;
    if (start + length > bytes.length) throw malformed();
    values.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return values;
}

/** The values inside a sequence, or another constructed value. @throws CertificateError `malformed` when it is none */
export function readSequence(value: DerValue | undefined, tag: number = TAG.sequence): DerValue[] {
  return readDerValues(contentOf(value, tag));
}

/**
 * Reads a string in any of the types that authorities use for names (X.690 clause 8.23): a DirectoryString (RFC 5280
 * section 4.1.2.4) is one of five, and older certificates use further ones.
 *
 * @throws CertificateError `malformed` when it is no string, or its bytes are none of its type
 */
export function readText(value: DerValue | undefined): string {
  const text = value && decodeText(value);
  // Nobody's name, and nothing that a database would store.
  if (text === undefined || text.includes('\0')) throw malformed();
  return text;
}

function decodeText({ tag, content }: DerValue): string | undefined {
  switch (tag) {
    case TAG.utf8String:
      return content.toString('utf8');
    case TAG.numericString:
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.visibleString:
    case TAG.teletexString:
      // T.61 as everybody writes it: what is not ASCII is Latin-1.
      return content.toString('latin1');
    case TAG.bmpString:
      return content.length % 2 === 0 ? Buffer.from(content).swap16().toString('utf16le') : undefined;
    case TAG.universalString:
      return readUtf32(content);
    default:
      return undefined;
  }
}

function readUtf32(content: Buffer): string | undefined {
  if (content.length % 4 !== 0) return undefined;
  const codePoints = Array.from({ length: content.length / 4 }, (_, at) => content.readUInt32BE(at * 4));
  return codePoints.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...codePoints) : undefined;
}

/** @throws CertificateError `malformed` when it is no object identifier */
export function readObjectIdentifier(value: DerValue | undefined): string {
  const content = contentOf(value, TAG.objectIdentifier);
  const last = content.at(-1);
  if (last === undefined || last >= 0x80) throw malformed();
  const numbers: number[] = [];
  let pending = 0;
  for (const byte of content) {
    pending = pending * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(pending);
      pending = 0;
    }
  }
  const [head = 0, ...arcs] = numbers;
  const first = Math.min(Math.floor(head / 40), 2);
  return [first, head - first * 40, ...arcs].join('.');
}

/** @throws CertificateError `malformed` when the tag is another one */
export function contentOf(value: DerValue | undefined, tag: number): Buffer {
  if (value?.tag !== tag) throw malformed();
  return value.content;
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw malformed();
  return byte;
}

function malformed(): CertificateError {
  return new CertificateError('malformed', 'the certificate is not valid DER');
}
