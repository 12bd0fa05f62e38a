import type { TimelineFault } from '@consent-hub/consent';
import { Command } from 'commander';
import type { BrokenTimelineView, TimelineVerificationView } from '../timeline/timeline-verification.view.js';
import type {
  RecomputedHashesView,
  RecomputedHashView,
  TimelineHeadsView,
  TimelineHeadView,
} from '../timeline/timeline-heads.view.js';
import { collect, CommandFailure, newCommand, running, UsageError, type Shell } from './command.js';
import { HUB_VARIABLES, HubApi, withHubOptions, type HubOptions } from './hub-api.js';
import { counted, printable } from './output.js';
import { readUuid } from './read-uuid.js';
import {
  AnchorWriter,
  headsOf,
  readAnchor,
  readPrivateKey,
  readPublicKey,
  type AnchorFacts,
} from './timeline-anchor.js';
import { dropTimelines } from './timeline-drop.command.js';
import { exportTimelines, verifyExports } from './timeline-export.commands.js';

/** As many are named; who changed more than that has changed everything. */
const NAMED = 100;

const FAULT_TEXTS: Record<TimelineFault, string> = {
  missing: 'is missing, though later entries are there',
  changed: 'was changed: it does not give the hash that it bears',
  unlinked: 'does not follow the entry before it: one of the two was rewritten',
  cut_off: 'is missing at the end: the timeline once reached it',
  rewritten: 'bears another hash than when it was written',
  ownerless: 'and all others belong to a consent that was removed',
  unanchored: 'is beyond what is known of the timeline: its anchor was removed or put back',
};

/** Said with every good result, so that it is not taken for more. */
const LIMITS =
  'Chain and anchor are in this database: a rewrite of both, or an older copy of the whole, is not seen from here.\n';

interface VerifyOptions extends HubOptions {
  readonly export?: readonly string[];
  readonly anchor?: string;
  readonly publicKey?: string;
}

const verify = (shell: Shell): Command =>
  withHubOptions(
    newCommand('verify', {
      summary:
        'Recomputes the hash chain of every timeline, or of one, and names the first broken entry of each.',
      notes:
        'Finds entries that were changed, taken out, put in or cut off, around the triggers that refuse it. Chain and anchor\n' +
        'are in the same database: a user who may write everything there can rewrite both, and an older copy of the whole database\n' +
        'verifies. An anchor that was made before (`timeline anchor`) and kept elsewhere shows that: with --anchor, what each\n' +
        'timeline was then is compared with what its entries say today.\n' +
        'With --export it verifies files of `timeline export` instead, and that the database continues where they end: name all months\n' +
        'between the first and the last one.',
      reads: HUB_VARIABLES,
    }),
  )
    .argument('[consent-id]')
    .option('--anchor <file>', 'made by `timeline anchor`, and kept outside the database since')
    .option('--public-key <file>', 'PEM: only an anchor that was signed with this key is believed')
    .option('--export <file>', 'of `timeline export`; repeat it for several months', collect)
    .action(
      running(shell, async (given: string | undefined, { export: files, ...options }: VerifyOptions) => {
        if (files) {
          if (given !== undefined) throw new UsageError('[consent-id] does not go with --export.');
          if (options.anchor !== undefined) throw new UsageError('--anchor does not go with --export.');
          return verifyExports(shell, HubApi.of(shell, options), files);
        }
        const consentId = readUuid(given, '[consent-id]');
        const hub = HubApi.of(shell, options);
        const anchor = await anchorOf(options);
        const { brokenCount, ...found } = await verifyAll(shell, hub, consentId);
        const compared = anchor && (await compare(shell, hub, anchor, consentId));
        const data = {
          consents: found.consents,
          entries: found.entries,
          broken_count: brokenCount,
          broken: found.broken,
          ...(compared && { anchor: compared.data }),
        };
        const verified =
          `${counted(found.consents, 'timeline')} with ${counted(found.entries, 'entry')}`.replace(
            'entrys',
            'entries',
          );
        const isFailure = compared !== undefined && compared.data.rewritten_count > 0;
        const end = compared?.text ?? LIMITS;
        if (brokenCount === 0)
          return { data, text: `Verified ${verified}: all are whole.\n${end}`, isFailure };
        const lines = found.broken.map(
          (one) => `  ${one.consent_id}: entry ${one.seq} ${FAULT_TEXTS[one.fault]}\n`,
        );
        const rest = brokenCount - found.broken.length;
        const text = `Verified ${verified}: ${brokenCount} broken.\n${lines.join('')}${rest > 0 ? `  and ${rest} more\n` : ''}${compared?.text ?? ''}`;
        return { data, text, isFailure: true };
      }),
    );

export const timelineCommands = (shell: Shell): Command =>
  new Command('timeline')
    .description('What happened to consents.')
    .addCommand(verify(shell))
    .addCommand(anchor(shell))
    .addCommand(exportTimelines(shell))
    .addCommand(dropTimelines(shell));

const KEY_FILE = 'CONSENT_HUB_ANCHOR_KEY_FILE';

const anchor = (shell: Shell): Command =>
  withHubOptions(
    newCommand('anchor', {
      summary: 'Prints the heads of all timelines, signed, to be kept outside the database.',
      notes:
        'An administrator of the database can rewrite a whole history, with hashes that fit. What is printed here shows it later:\n' +
        '`timeline verify --anchor`. Keep it, and the key, where the administrators of the database cannot write. A key is made by\n' +
        '`openssl genpkey -algorithm ed25519 -out anchor.pem`. Prints lines of JSON, some 115 MB with a million consents.',
      reads: `${HUB_VARIABLES}, and ${KEY_FILE}`,
    }),
  )
    .option('--key <file>', `private key of Ed25519, PEM; default ${KEY_FILE}`)
    .action(
      running(shell, async (options: HubOptions & { readonly key?: string }) => {
        const keyFile = options.key ?? shell.env[KEY_FILE] ?? '';
        if (keyFile === '') throw new UsageError(`No key is given: set ${KEY_FILE}, or give --key <file>.`);
        const writer = new AnchorWriter(readPrivateKey(keyFile));
        const hub = HubApi.of(shell, options);
        let page = await headPage(hub, null);
        await shell.print(writer.begin(hub.url, new Date()));
        for (let count = page.items.length; ; count += page.items.length) {
          await shell.print(writer.add(page.items));
          shell.progress(`${count} timelines`);
          if (page.next_cursor === null) break;
          page = await headPage(hub, page.next_cursor);
        }
        const end = writer.end(new Date());
        await shell.print(end.text);
        shell.note(`Anchored ${counted(end.count, 'timeline')}. Signed with the key ${end.publicKey}.\n`);
        return null;
      }),
    );

const headPage = (hub: HubApi, cursor: string | null): Promise<TimelineHeadsView> =>
  hub.get<TimelineHeadsView>('/v1/timeline/heads', cursor === null ? {} : { cursor });

/** As many entries as a body may name. */
const ASKED_AT_A_TIME = 500;

/**
 * How a timeline has changed since an anchor was made:
 * - `removed`: nothing of it is left
 * - `cut`: the entry that was its last one is missing
 * - `rewritten`: that entry, or one before it, is another one
 */
type HistoryFault = 'removed' | 'cut' | 'rewritten';

interface RewrittenTimeline {
  readonly consent_id: string;
  readonly seq: number;
  readonly fault: HistoryFault;
}

const HISTORY_TEXTS: Record<HistoryFault, (seq: number) => string> = {
  removed: () => 'was removed: nothing of it is left',
  cut: (seq) => `was cut: entry ${seq} was there and is missing`,
  rewritten: (seq) => `was rewritten: entry ${seq} or one before it is not what it was`,
};

function historyFaultOf(
  noted: TimelineHeadView,
  { hash, last_seq }: RecomputedHashView,
): HistoryFault | null {
  if (hash === noted.hash) return null;
  if (last_seq === 0) return 'removed';
  return last_seq < noted.seq ? 'cut' : 'rewritten';
}

interface Anchor extends AnchorFacts {
  readonly file: string;
  readonly isOfGivenKey: boolean;
}

/** Read and checked before anything is asked of the hub. */
async function anchorOf({ anchor: file, publicKey }: VerifyOptions): Promise<Anchor | undefined> {
  if (file === undefined) {
    if (publicKey !== undefined) throw new UsageError('--public-key belongs to --anchor <file>.');
    return undefined;
  }
  const key = publicKey === undefined ? undefined : readPublicKey(publicKey);
  return { file, isOfGivenKey: key !== undefined, ...(await readAnchor(file, key)) };
}

/** Compares what each timeline was when the anchor was made with what its entries say today. Later entries do not matter. */
async function compare({ progress }: Shell, hub: HubApi, anchor: Anchor, consentId?: string) {
  const rewritten: RewrittenTimeline[] = [];
  let [compared, rewrittenCount, droppedCount] = [0, 0, 0];
  for await (const heads of headsOf(anchor.file, ASKED_AT_A_TIME)) {
    let left = consentId === undefined ? heads : heads.filter(({ consent_id }) => consent_id === consentId);
    while (left.length > 0) {
      const items = left.map(({ consent_id, seq }) => ({ consent_id, seq }));
      const answer = await hub.post<RecomputedHashesView>('/v1/timeline/hashes', { items });
      if (answer.items.length === 0)
        throw new CommandFailure('The hub gave none of the hashes that it was asked for.');
      for (const [index, today] of answer.items.entries()) {
        const noted = left[index];
        if (noted?.consent_id !== today.consent_id)
          throw new CommandFailure('The hub gave other hashes than it was asked for.');
        // Nothing can be recomputed from entries that were dropped.
        if (today.base_seq >= noted.seq) droppedCount++;
        const fault = today.base_seq >= noted.seq ? null : historyFaultOf(noted, today);
        if (fault === null) continue;
        rewrittenCount++;
        if (rewritten.length < NAMED) rewritten.push({ consent_id: noted.consent_id, seq: noted.seq, fault });
      }
      compared += answer.items.length;
      left = left.slice(answer.items.length);
      progress(
        `${compared} of ${anchor.count} timelines compared with the anchor, ${rewrittenCount} rewritten`,
      );
    }
  }
  const { begun_at, public_key, count } = anchor;
  const data = {
    begun_at,
    public_key,
    count,
    compared,
    dropped_count: droppedCount,
    rewritten_count: rewrittenCount,
    rewritten,
  };
  return { data, text: comparisonText(anchor, data) };
}

interface Comparison {
  readonly compared: number;
  /** How many timelines lost their entries up to the one of the anchor, or beyond, with a dropped month. */
  readonly dropped_count: number;
  readonly rewritten_count: number;
  readonly rewritten: readonly RewrittenTimeline[];
}

function comparisonText(anchor: Anchor, found: Comparison): string {
  const { compared, dropped_count, rewritten_count, rewritten } = found;
  const key = anchor.isOfGivenKey
    ? ''
    : `The anchor names the key ${anchor.public_key}: compare it with yours, or give --public-key.\n`;
  const dropped =
    dropped_count === 0
      ? ''
      : `Of ${dropped_count} of them nothing is proven: the entries up to the anchor were dropped with their months. Compare the export.\n`;
  const subject = `Compared ${counted(compared, 'timeline')} with the anchor of ${printable(anchor.begun_at)}`;
  if (rewritten_count === 0)
    return `${subject}: ${dropped_count === 0 ? 'all' : 'the others'} are what they were.\n${dropped}${key}What was added since is proven by its own chain alone.\n`;
  const lines = rewritten.map(
    ({ consent_id, seq, fault }) => `  ${consent_id} ${HISTORY_TEXTS[fault](seq)}\n`,
  );
  const rest = rewritten_count - rewritten.length;
  return `${subject}: ${rewritten_count} rewritten.\n${lines.join('')}${rest > 0 ? `  and ${rest} more\n` : ''}${dropped}${key}`;
}

interface Found {
  consents: number;
  entries: number;
  brokenCount: number;
  readonly broken: BrokenTimelineView[];
}

async function verifyAll({ progress }: Shell, hub: HubApi, consentId?: string): Promise<Found> {
  const found: Found = { consents: 0, entries: 0, brokenCount: 0, broken: [] };
  let query: Record<string, string> = consentId === undefined ? {} : { consent_id: consentId };
  for (;;) {
    const page = await hub.get<TimelineVerificationView>('/v1/timeline/verification', query);
    found.consents += page.consents;
    found.entries += page.entries;
    found.brokenCount += page.broken.length;
    found.broken.push(...page.broken.slice(0, NAMED - found.broken.length));
    progress(`${found.consents} timelines, ${found.entries} entries, ${found.brokenCount} broken`);
    if (page.next_cursor === null) return found;
    query = { cursor: page.next_cursor };
  }
}
