import { access, open, rename } from 'node:fs/promises';
import { MONTH, type Junction } from '@consent-hub/consent';
import type { Command } from 'commander';
import type {
  ExportedMonthView,
  JunctionsView,
  TimelineExportView,
} from '../timeline/timeline-export.view.js';
import {
  CommandFailure,
  newCommand,
  running,
  UsageError,
  type CommandResult,
  type Shell,
} from './command.js';
import { entriesOfAll, ExportDigest, exportLine, sha256, type EntryOfExport } from './exported-timelines.js';
import { HUB_VARIABLES, HubApi, withHubOptions, type HubOptions } from './hub-api.js';

const PATH = '/v1/timeline/exports';
/** As many are named; who changed more than that has changed everything. */
const NAMED = 100;
/** Timelines whose last entries are compared in one call. */
const JOINED_AT_A_TIME = 1000;

interface ExportOptions extends HubOptions {
  readonly month: string;
  readonly file: string;
}

export const exportTimelines = (shell: Shell): Command =>
  withHubOptions(
    newCommand('export', {
      summary: 'Writes the timelines of a month into a file, an entry a line.',
      notes:
        'Only a month that ended at least a day ago (UTC): it does not change any more. The file appears once it is whole and on\n' +
        'the disk, and the hub notes that the month was exported. Each line holds the bytes that were hashed, in "entry", and their\n' +
        'SHA-256, in "hash"; the last line counts. Nothing in it names a person.',
      reads: HUB_VARIABLES,
    }),
  )
    .requiredOption('--month <YYYY-MM>', 'which month')
    .requiredOption('--file <path>', 'where to; it must not be there yet')
    .action(
      running(shell, async ({ month, file, ...options }: ExportOptions) => {
        readMonth(month);
        if (await isThere(file)) throw new UsageError(`${file} is there already.`);
        const hub = HubApi.of(shell, options);
        const part = `${file}.part`;
        const summary = await writeMonth(shell, hub, month, part);
        await rename(part, file);
        const data = await hub.post<ExportedMonthView>(PATH, summary);
        return { data, text: `Exported ${data.entries} entries of ${month} to ${file}.\n` };
      }),
    );

/** @throws UsageError */
export function readMonth(month: string): string {
  if (!MONTH.test(month)) throw new UsageError('--month must be a month, as YYYY-MM.');
  return month;
}

async function writeMonth(
  { progress }: Shell,
  hub: HubApi,
  month: string,
  file: string,
): Promise<ExportedMonthView> {
  const digest = new ExportDigest();
  const output = await open(file, 'w', 0o600).catch((error: unknown) => {
    throw new CommandFailure(`${file} cannot be written.`, { cause: error });
  });
  try {
    let query: Record<string, string> = { month };
    for (;;) {
      const { items, next_cursor } = await hub.get<TimelineExportView>(PATH, query);
      for (const { entry, hash } of items) {
        if (sha256(entry) !== hash)
          throw new CommandFailure(
            `An entry was changed: ${entry}. See timeline verify. Nothing was exported.`,
          );
        digest.add(hash);
      }
      await output.appendFile(
        items.map(({ entry, hash, position }) => exportLine(entry, hash, position)).join(''),
      );
      progress(`${digest.entries} entries`);
      if (next_cursor === null) break;
      query = { month, cursor: next_cursor };
    }
    const summary = { month, entries: digest.entries, digest: digest.end() };
    await output.appendFile(`${JSON.stringify(summary)}\n`);
    await output.sync();
    return summary;
  } finally {
    await output.close();
  }
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const FAULT_TEXTS = {
  changed: 'was changed: it does not give the hash that it bears',
  missing: 'is missing, though later entries are there',
  unlinked: 'does not follow the entry before it: one of the two was rewritten',
  not_joined: 'is not the one from which the database continues',
} as const;

interface BrokenExport {
  readonly consent_id: string;
  readonly seq: number;
  readonly fault: keyof typeof FAULT_TEXTS;
}

interface ExportFindings {
  timelines: number;
  entries: number;
  brokenCount: number;
  /** Timelines that continue in months that are in none of the files, nor in the database. */
  openCount: number;
  readonly broken: BrokenExport[];
}

/** Verifies exported months, as one chain for each timeline, and that the database continues where they end. */
export async function verifyExports(
  { progress }: Shell,
  hub: HubApi,
  files: readonly string[],
): Promise<CommandResult> {
  const found: ExportFindings = { timelines: 0, entries: 0, brokenCount: 0, openCount: 0, broken: [] };
  const report = (consent_id: string, seq: number, fault: BrokenExport['fault']): void => {
    found.brokenCount++;
    if (found.broken.length < NAMED) found.broken.push({ consent_id, seq, fault });
  };
  let ends: EntryOfExport[] = [];
  const join = async (): Promise<void> => {
    if (ends.length === 0) return;
    const entries = ends.map(({ consentId, seq, hash }) => ({ consent_id: consentId, seq, hash }));
    const { junctions } = await hub.post<JunctionsView>(`${PATH}/verification`, { entries });
    ends.forEach(({ consentId, seq }, at) => {
      const junction: Junction | undefined = junctions[at];
      if (junction === 'unknown') found.openCount++;
      else if (junction !== 'joined') report(consentId, seq, 'not_joined');
    });
    ends = [];
    progress(`${found.timelines} timelines, ${found.entries} entries, ${found.brokenCount} broken`);
  };
  let before: EntryOfExport | null = null;
  let isBroken = false;
  const endTimeline = async (): Promise<void> => {
    if (before && !isBroken) ends.push(before);
    if (ends.length >= JOINED_AT_A_TIME) await join();
  };
  for await (const entry of entriesOfAll(files)) {
    found.entries++;
    if (before?.consentId !== entry.consentId) {
      await endTimeline();
      [before, isBroken] = [null, false];
      found.timelines++;
    }
    const fault = isBroken ? null : faultOf(entry, before);
    if (fault) {
      report(entry.consentId, fault === 'missing' ? (before?.seq ?? 0) + 1 : entry.seq, fault);
      isBroken = true;
    }
    before = entry;
  }
  await endTimeline();
  await join();
  return findingsText(found);
}

function faultOf(entry: EntryOfExport, before: EntryOfExport | null): BrokenExport['fault'] | null {
  if (!entry.isWhole) return 'changed';
  if (!before) return (entry.seq === 1) === (entry.previousHash === null) ? null : 'unlinked';
  if (entry.seq > before.seq + 1) return 'missing';
  return entry.seq === before.seq + 1 && entry.previousHash === before.hash ? null : 'unlinked';
}

function findingsText({ timelines, entries, brokenCount, openCount, broken }: ExportFindings): CommandResult {
  const data = { timelines, entries, broken_count: brokenCount, open_count: openCount, broken };
  const lines = broken.map(
    ({ consent_id, seq, fault }) => `  ${consent_id}: entry ${seq} ${FAULT_TEXTS[fault]}\n`,
  );
  const rest = brokenCount > broken.length ? `  and ${brokenCount - broken.length} more\n` : '';
  const open =
    openCount > 0 ? `${openCount} continue in later months that were dropped: name their exports too.\n` : '';
  const verified = `Verified ${timelines} exported timelines with ${entries} entries: ${brokenCount === 0 ? 'all are whole' : `${brokenCount} broken`}.\n`;
  return { data, text: verified + lines.join('') + rest + open, isFailure: brokenCount + openCount > 0 };
}
