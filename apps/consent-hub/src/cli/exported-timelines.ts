import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { CommandFailure } from './command.js';

const NEW_LINE = 0x0a;
const BEFORE_ENTRY = '{"entry": ';
const BEFORE_HASH = ', "hash": "';
const HASH = /^[0-9a-f]{64}$/;

/** An entry of an export, as far as its chain goes. */
export interface EntryOfExport {
  readonly consentId: string;
  readonly seq: number;
  readonly hash: string;
  readonly previousHash: string | null;
  /** Whether its bytes give its hash. */
  readonly isWhole: boolean;
}

/** What the last line of an export says. */
interface ExportSummary {
  readonly month: string;
  readonly entries: number;
  readonly digest: string;
}

/** A line of an export. It contains the entry byte for byte as it was hashed. */
export const exportLine = (entry: string, hash: string, position: string | null): string =>
  `${BEFORE_ENTRY}${entry}${BEFORE_HASH}${hash}", "position": ${position ?? 'null'}}\n`;

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** Adds up the hashes of the entries of an export, in their order. */
export class ExportDigest {
  entries = 0;
  private readonly digest = createHash('sha256');

  add(hash: string): void {
    this.entries++;
    this.digest.update(Buffer.from(hash, 'hex'));
  }

  end(): string {
    return this.digest.digest('hex');
  }
}

/** By line feeds alone: an entry may hold any other character. */
async function* linesOf(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let begin = 0;
    for (let end = rest.indexOf(NEW_LINE); end !== -1; end = rest.indexOf(NEW_LINE, begin)) {
      yield rest.subarray(begin, end);
      begin = end + 1;
    }
    rest = rest.subarray(begin);
  }
  if (rest.length > 0) yield rest;
}

/**
 * The entries of a file, one by one, in the order of consents and numbers.
 *
 * @throws CommandFailure where the file is no whole export: its last line holds the number of entries, and a hash of their hashes
 */
export async function* entriesOf(file: string): AsyncGenerator<EntryOfExport, void> {
  const digest = new ExportDigest();
  let summary: ExportSummary | null = null;
  let before: EntryOfExport | null = null;
  for await (const line of linesOf(file)) {
    if (summary) throw new CommandFailure(`${file} continues after its last line.`);
    if (line.subarray(0, BEFORE_ENTRY.length).toString() !== BEFORE_ENTRY) {
      summary = summaryIn(line, file);
      continue;
    }
    const entry = entryIn(line, file);
    if (before && !isAfter(entry, before))
      throw new CommandFailure(`${file} is not in the order of consents and numbers at ${entry.consentId}.`);
    digest.add(entry.hash);
    before = entry;
    yield entry;
  }
  if (!summary) throw new CommandFailure(`${file} is not whole: its last line is missing.`);
  if (summary.entries !== digest.entries || summary.digest !== digest.end())
    throw new CommandFailure(
      `${file} does not hold the ${summary.entries} entries that its last line states.`,
    );
}

/** The entries of several files, as if they were one. */
export async function* entriesOfAll(files: readonly string[]): AsyncGenerator<EntryOfExport> {
  const sources = await Promise.all(
    files.map(async (file) => {
      const entries = entriesOf(file);
      return { entries, head: await nextOf(entries) };
    }),
  );
  for (;;) {
    const [first] = sources
      .filter(({ head }) => head !== null)
      .sort((a, b) => (a.head && b.head && isAfter(a.head, b.head) ? 1 : -1));
    if (!first?.head) return;
    yield first.head;
    first.head = await nextOf(first.entries);
  }
}

async function nextOf(entries: AsyncGenerator<EntryOfExport, void>): Promise<EntryOfExport | null> {
  const next = await entries.next();
  return next.done === true ? null : next.value;
}

const isAfter = (one: EntryOfExport, other: EntryOfExport): boolean =>
  one.consentId === other.consentId ? one.seq > other.seq : one.consentId > other.consentId;

function entryIn(line: Buffer, file: string): EntryOfExport {
  const end = line.lastIndexOf(BEFORE_HASH);
  const bytes = line.subarray(BEFORE_ENTRY.length, end);
  const hash = line.subarray(end + BEFORE_HASH.length, end + BEFORE_HASH.length + 64).toString();
  const fields = end === -1 ? null : parsed(bytes);
  if (!isList(fields) || fields.length !== 10 || !HASH.test(hash)) throw unreadable(file);
  const [consentId, seq] = fields;
  const previousHash = fields[9];
  if (typeof consentId !== 'string' || typeof seq !== 'number') throw unreadable(file);
  if (previousHash !== null && typeof previousHash !== 'string') throw unreadable(file);
  return { consentId, seq, hash, previousHash, isWhole: sha256(bytes) === hash };
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function summaryIn(line: Buffer, file: string): ExportSummary {
  const summary = parsed(line) as Partial<ExportSummary> | null;
  const { month, entries, digest } = summary ?? {};
  if (typeof month !== 'string' || typeof entries !== 'number' || typeof digest !== 'string')
    throw unreadable(file);
  return { month, entries, digest };
}

const unreadable = (file: string): CommandFailure =>
  new CommandFailure(`${file} holds a line that is none of an export.`);

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch {
    return null;
  }
}
