import type { TimelineFault } from '@consent-hub/consent';
import { Command } from 'commander';
import type { BrokenTimelineView, TimelineVerificationView } from '../timeline/timeline-verification.view.js';
import { newCommand, running, type Shell } from './command.js';
import { HUB_VARIABLES, HubApi, withHubOptions, type HubOptions } from './hub-api.js';
import { counted } from './output.js';
import { readUuid } from './read-uuid.js';

/** As many are named; who changed more than that has changed everything. */
const NAMED = 100;

const FAULT_TEXTS: Record<TimelineFault, string> = {
  missing: 'is missing, though later entries are there',
  changed: 'was changed: it does not give the hash that it bears',
  unlinked: 'does not follow the entry before it: one of the two was written anew',
  cut_off: 'is missing at the end: the timeline went on to it',
  rewritten: 'bears another hash than when it was written',
  ownerless: 'and all others belong to a consent that was removed',
  unanchored: 'is beyond what is known of the timeline: its anchor was removed or put back',
};

/** Said with every good result, so that nobody takes it for more. */
const LIMITS =
  'Chain and anchor are in this database: a rewrite of both, or an older copy of the whole, is not seen from here.\n';

const verify = (shell: Shell): Command =>
  withHubOptions(
    newCommand('verify', {
      summary:
        'Recomputes the hash chain of every timeline, or of one, and names the first broken entry of each.',
      notes:
        'Finds entries that were changed, taken out, put in or cut off, around the triggers that refuse it. Chain and anchor\n' +
        'are in the same database: who may write everything there can write both anew, and an older copy of the whole database\n' +
        'verifies. Only a copy of the anchors outside the database would show that; the hub keeps none.',
      reads: HUB_VARIABLES,
    }),
  )
    .argument('[consent-id]')
    .action(
      running(shell, async (given: string | undefined, options: HubOptions) => {
        const consentId = readUuid(given, '[consent-id]');
        const { brokenCount, ...found } = await verifyAll(shell, HubApi.of(shell, options), consentId);
        const data = {
          consents: found.consents,
          entries: found.entries,
          broken_count: brokenCount,
          broken: found.broken,
        };
        const verified =
          `${counted(found.consents, 'timeline')} with ${counted(found.entries, 'entry')}`.replace(
            'entrys',
            'entries',
          );
        if (brokenCount === 0) return { data, text: `Verified ${verified}: all are whole.\n${LIMITS}` };
        const lines = found.broken.map(
          (one) => `  ${one.consent_id}: entry ${one.seq} ${FAULT_TEXTS[one.fault]}\n`,
        );
        const rest = brokenCount - found.broken.length;
        const text = `Verified ${verified}: ${brokenCount} broken.\n${lines.join('')}${rest > 0 ? `  and ${rest} more\n` : ''}`;
        return { data, text, isFailure: true };
      }),
    );

export const timelineCommands = (shell: Shell): Command =>
  new Command('timeline').description('What happened to consents.').addCommand(verify(shell));

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
