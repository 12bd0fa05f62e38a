import {
  type BaseBlock,
  BaseStringBlock,
  Constructed,
  fromBER,
  ObjectIdentifier,
  OctetString,
  Sequence,
  Set as SetBlock,
  UniversalString,
} from 'asn1js';
import { CertificateError } from './certificate-error.js';

/** A value of a certificate, read by asn1js; undefined where a structure ends early. */
export type DerValue = BaseBlock | undefined;

const CONTEXT_SPECIFIC = 3;

/**
 * Reads one value and all that it contains.
 *
 * @throws CertificateError `malformed`
 */
export function readDer(bytes: Uint8Array): BaseBlock {
  const value = parse(bytes);
  if (!value || hasIndefiniteLength(value)) throw malformed();
  return value;
}

function parse(bytes: Uint8Array): BaseBlock | undefined {
  try {
    const { offset, result } = fromBER(bytes);
    return offset === -1 ? undefined : result;
  } catch (cause) {
    // asn1js throws for some texts whose length does not fit their type.
    throw malformed(cause);
  }
}

/** BER allows it, DER does not (X.690 clause 10.1). */
const hasIndefiniteLength = (value: BaseBlock): boolean =>
  value.lenBlock.isIndefiniteForm ||
  (value instanceof Constructed && value.valueBlock.value.some(hasIndefiniteLength));

/** The number of a context-specific tag; undefined for another tag. */
export const contextTagOf = ({ idBlock }: BaseBlock): number | undefined =>
  idBlock.tagClass === CONTEXT_SPECIFIC ? idBlock.tagNumber : undefined;

/** @throws CertificateError `malformed` when it is no sequence */
export const itemsOf = (value: DerValue): BaseBlock[] => membersOf(value, Sequence);

/** @throws CertificateError `malformed` when it is no set */
export const elementsOf = (value: DerValue): BaseBlock[] => membersOf(value, SetBlock);

/** The content of a value with a context-specific tag. @throws CertificateError `malformed` when its tag is no such */
export function taggedItemOf(value: DerValue): DerValue {
  return membersOf(value, Constructed)[0];
}

/** @throws CertificateError `malformed` when it is no object identifier */
export function objectIdentifierOf(value: DerValue): string {
  if (!(value instanceof ObjectIdentifier)) throw malformed();
  return value.getValue();
}

/** @throws CertificateError `malformed` when it is no octet string */
export function octetsOf(value: DerValue): Uint8Array {
  if (!(value instanceof OctetString)) throw malformed();
  return new Uint8Array(value.getValue());
}

/**
 * A string in any of the types that authorities use for names: a DirectoryString (RFC 5280 section 4.1.2.4) is one of five, and
 * older certificates use further ones.
 *
 * @throws CertificateError `malformed` when it is no string, or its bytes are none of its type
 */
export function textOf(value: DerValue): string {
  if (!(value instanceof BaseStringBlock)) throw malformed();
  const text = value instanceof UniversalString ? utf32Of(value) : value.getValue();
  // No name has it, and PostgreSQL stores no such text.
  if (text.includes('\0')) throw malformed();
  return text;
}

/** asn1js takes the characters as UTF-16. */
function utf32Of({ valueBlock: { valueHexView } }: UniversalString): string {
  const bytes = Buffer.from(valueHexView);
  const codePoints = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUInt32BE(at * 4));
  if (bytes.length % 4 !== 0 || codePoints.some((point) => point > 0x10ffff)) throw malformed();
  return String.fromCodePoint(...codePoints);
}

function membersOf(value: DerValue, type: typeof Constructed): BaseBlock[] {
  if (!(value instanceof type)) throw malformed();
  return value.valueBlock.value;
}

function malformed(cause?: unknown): CertificateError {
  return new CertificateError('malformed', 'the certificate is not valid DER', { cause });
}
