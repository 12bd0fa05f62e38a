import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  type Hash,
  type KeyObject,
} from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { TimelineHeadView } from '../timeline/timeline-heads.view.js';
import { CommandFailure, UsageError } from './command.js';

/**
 * An external anchor: what the heads of all timelines were at a time, signed with a key that neither the hub nor its database
 * holds. Lines of JSON: first `AnchorHeader`, then `[consent id, seq, hash]` for each timeline, last `AnchorEnd`. It is written and
 * read line by line, for with a million consents it has 115 MB.
 */
const FORMAT = 'consent-hub-timeline-anchor/1';
const ALGORITHM = 'ed25519';
const HEAD = /^\["([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})",([1-9]\d{0,9}),"([\da-f]{64})"\]$/;

interface AnchorHeader {
  readonly format: typeof FORMAT;
  readonly hub: string;
  /** ISO 8601; the heads were read from then on. */
  readonly begun_at: string;
  /** Ed25519, SubjectPublicKeyInfo in DER, base64. */
  readonly public_key: string;
}

interface AnchorEnd {
  readonly ended_at: string;
  readonly count: number;
  /** SHA-256 of all lines before this one, with their ends, hexadecimal. */
  readonly digest: string;
  /** Over `signedText`, base64. */
  readonly signature: string;
}

/** What a whole and signed anchor says of itself. */
export interface AnchorFacts extends Pick<AnchorHeader, 'hub' | 'begun_at' | 'public_key'> {
  readonly ended_at: string;
  readonly count: number;
}

const signedText = (digest: string, count: number, endedAt: string): Buffer =>
  Buffer.from([FORMAT, digest, count, endedAt, ''].join('\n'), 'utf8');

const publicTextOf = (key: KeyObject): string =>
  (key.type === 'private' ? createPublicKey(key) : key)
    .export({ type: 'spki', format: 'der' })
    .toString('base64');

/** @throws UsageError when the file holds no such key */
export const readPrivateKey = (file: string): KeyObject =>
  readKey(file, 'private', (pem) => createPrivateKey(pem));

/** @throws UsageError when the file holds no such key */
export const readPublicKey = (file: string): KeyObject =>
  readKey(file, 'public', (pem) => createPublicKey(pem));

function readKey(file: string, kind: string, read: (pem: Buffer) => KeyObject): KeyObject {
  const fault = new UsageError(`${file} holds no ${kind} key of Ed25519 in PEM that can be read.`);
  try {
    const key = read(readFileSync(file));
    if (key.asymmetricKeyType === ALGORITHM) return key;
  } catch (cause) {
    fault.cause = cause;
  }
  throw fault;
}

/** Makes the lines of an anchor. */
export class AnchorWriter {
  private readonly digest: Hash = createHash('sha256');
  private readonly publicKey: string;
  private count = 0;

  constructor(private readonly key: KeyObject) {
    this.publicKey = publicTextOf(key);
  }

  begin(hub: string, at: Date): string {
    const header: AnchorHeader = {
      format: FORMAT,
      hub,
      begun_at: at.toISOString(),
      public_key: this.publicKey,
    };
    return this.written(`${JSON.stringify(header)}\n`);
  }

  add(heads: readonly TimelineHeadView[]): string {
    this.count += heads.length;
    return this.written(
      heads.map(({ consent_id, seq, hash }) => `${JSON.stringify([consent_id, seq, hash])}\n`).join(''),
    );
  }

  end(at: Date): { readonly text: string; readonly count: number; readonly publicKey: string } {
    const [digest, endedAt] = [this.digest.digest('hex'), at.toISOString()];
    const signature = sign(null, signedText(digest, this.count, endedAt), this.key).toString('base64');
    const end: AnchorEnd = { ended_at: endedAt, count: this.count, digest, signature };
    return { text: `${JSON.stringify(end)}\n`, count: this.count, publicKey: this.publicKey };
  }

  private written(text: string): string {
    this.digest.update(text);
    return text;
  }
}

/**
 * Reads an anchor to its end, and believes it only if it is whole and signed.
 *
 * @param expected who must have signed it; absent: the key that the anchor names, which a forged one does too
 * @throws CommandFailure
 */
export async function readAnchor(file: string, expected?: KeyObject): Promise<AnchorFacts> {
  const digest = createHash('sha256');
  let header: AnchorHeader | undefined;
  let last: string | undefined;
  let count = -2;
  for await (const line of linesOf(file)) {
    if (last !== undefined) digest.update(`${last}\n`);
    header ??= headerOf(file, line);
    last = line;
    count++;
  }
  const end = endOf(last);
  if (!header || !end) throw new CommandFailure(`${file} is no whole anchor: its last line is missing.`);
  if (end.digest !== digest.digest('hex') || end.count !== count)
    throw new CommandFailure(`${file} was changed after it was signed: its lines do not give its digest.`);
  const key = publicKeyOf(file, header.public_key);
  const text = signedText(end.digest, end.count, end.ended_at);
  if (!verify(null, text, key, Buffer.from(end.signature, 'base64')))
    throw new CommandFailure(`${file} does not bear the signature of the key that it names.`);
  if (expected && publicTextOf(expected) !== publicTextOf(key))
    throw new CommandFailure(`${file} was signed with another key than the one given: ${header.public_key}.`);
  const { hub, begun_at, public_key } = header;
  return { hub, begun_at, public_key, ended_at: end.ended_at, count };
}

/** The heads of an anchor that `readAnchor` has read, some at a time. */
export async function* headsOf(file: string, atATime: number): AsyncGenerator<TimelineHeadView[]> {
  let heads: TimelineHeadView[] = [];
  let number = 0;
  for await (const line of linesOf(file)) {
    number++;
    const [, consent_id, seq, hash] = HEAD.exec(line) ?? [];
    if (consent_id === undefined || hash === undefined) {
      if (number === 1 || endOf(line)) continue;
      throw new CommandFailure(`${file} holds no head of a timeline in line ${number}.`);
    }
    heads.push({ consent_id, seq: Number(seq), hash });
    if (heads.length < atATime) continue;
    yield heads;
    heads = [];
  }
  if (heads.length > 0) yield heads;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = createReadStream(file, 'utf8');
  try {
    yield* createInterface({ input, crlfDelay: Infinity });
  } catch (cause) {
    throw new CommandFailure(`${file} cannot be read.`, { cause });
  } finally {
    input.destroy();
  }
}

function headerOf(file: string, line: string): AnchorHeader {
  const header = parsed(line) as Partial<AnchorHeader> | undefined;
  if (header?.format !== FORMAT) throw new CommandFailure(`${file} is no anchor of the form ${FORMAT}.`);
  return header as AnchorHeader;
}

function endOf(line: string | undefined): AnchorEnd | undefined {
  const end = parsed(line ?? '') as Partial<AnchorEnd> | undefined;
  const isEnd =
    typeof end?.digest === 'string' &&
    typeof end.signature === 'string' &&
    typeof end.ended_at === 'string' &&
    typeof end.count === 'number';
  return isEnd ? (end as AnchorEnd) : undefined;
}

/** An object; undefined for anything else. */
function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function publicKeyOf(file: string, text: unknown): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(String(text), 'base64'), type: 'spki', format: 'der' });
    if (key.asymmetricKeyType === ALGORITHM) return key;
  } catch {
    // Reported below.
  }
  throw new CommandFailure(`${file} names no key of Ed25519.`);
}
