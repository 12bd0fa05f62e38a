import { TimelineVerifier, type TimelineFault, type VerifiedPage } from '@consent-hub/consent';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import { UsageError, type Call, type Command } from './command.js';
import { withDatabase } from './database.js';
import { counted } from './output.js';

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

const verify: Command = {
  name: 'timeline verify',
  summary:
    'Recomputes the hash chain of every timeline, or of one, and names the first broken entry of each.',
  notes:
    'Finds entries that were changed, taken out, put in or cut off, around the triggers that refuse it. Chain and anchor\n' +
    'are in the same database: who may write everything there can write both anew, and an older copy of the whole database\n' +
    'verifies. Only a copy of the anchors outside the database would show that; the hub keeps none.',
  operands: ['[consent-id]'],
  run: (call) => {
    const consentId = call.findOperand();
    if (consentId !== undefined && !isUUID(consentId))
      throw new UsageError(`[consent-id] takes a UUID, not ${consentId}.`);
    return withDatabase(call.env, async (dataSource) => {
      const found = await verifyAll(call, dataSource, consentId);
      const data = {
        consents: found.consents,
        entries: found.entries,
        broken_count: found.brokenCount,
        broken: found.broken.map(({ consentId: consent_id, seq, fault }) => ({ consent_id, seq, fault })),
      };
      const verified =
        `${counted(found.consents, 'timeline')} with ${counted(found.entries, 'entry')}`.replace(
          'entrys',
          'entries',
        );
      if (found.brokenCount === 0) return { data, text: `Verified ${verified}: all are whole.\n${LIMITS}` };
      const lines = found.broken.map(
        (one) => `  ${one.consentId}: entry ${one.seq} ${FAULT_TEXTS[one.fault]}\n`,
      );
      const rest = found.brokenCount - found.broken.length;
      const text = `Verified ${verified}: ${found.brokenCount} broken.\n${lines.join('')}${rest > 0 ? `  and ${rest} more\n` : ''}`;
      return { data, text, isFailure: true };
    });
  },
};

export const TIMELINE_COMMANDS: readonly Command[] = [verify];

interface Found {
  consents: number;
  entries: number;
  brokenCount: number;
  readonly broken: VerifiedPage['broken'][number][];
}

async function verifyAll(call: Call, dataSource: DataSource, consentId?: string): Promise<Found> {
  const verifier = new TimelineVerifier(dataSource);
  const found: Found = { consents: 0, entries: 0, brokenCount: 0, broken: [] };
  const add = (part: VerifiedPage): string | null => {
    found.consents += part.consents;
    found.entries += part.entries;
    found.brokenCount += part.broken.length;
    found.broken.push(...part.broken.slice(0, NAMED - found.broken.length));
    call.progress(`${found.consents} timelines, ${found.entries} entries, ${found.brokenCount} broken`);
    return part.next;
  };
  if (consentId !== undefined) add(await verifier.one(consentId));
  else
    for (let next = add(await verifier.page(1000)); next !== null;)
      next = add(await verifier.page(1000, next));
  return found;
}
