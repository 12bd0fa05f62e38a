import { toTrace, type TraceEntry } from '../../../libs/token-grant/model/trace.js';
import type { BankPair, Evidence } from './evidence.js';
import type { TokenCall } from './relay.js';

interface JournalRow {
  readonly consent: string;
  /** A process: the name of its replica, and a part that distinguishes this run of it from others. */
  readonly owner: string;
  /** No request of the journal is older than the server run: nothing was forgotten. */
  readonly isWhole: boolean;
}

/** What the relays and the journal have recorded of a run. */
interface Recorded {
  readonly evidence: Evidence;
  readonly bankPairs: ReadonlyMap<string, BankPair>;
  /** Whether the hub that made a call had the grant in its answer. */
  readonly isReceived: (call: TokenCall) => boolean;
}

/**
 * The history of a run in the words of the model. A request of the journal allows its replica one call for its consent. It is
 * placed at the moment of that call: the journal's own moments are of the database's clock, which a case may move. A server
 * that was started during the run may have forgotten requests, so that none is missed there.
 */
export async function modelTrace(recorded: Recorded): Promise<string[]> {
  const { evidence, bankPairs } = recorded;
  const consentOf = consentsByToken(evidence, bankPairs);
  const known = evidence.calls.flatMap((call, number) => {
    const consent = consentOf.get(call.spent);
    return consent === undefined ? [] : entriesOf(call, { consent, call: String(number) }, recorded);
  });
  const journal = await journalOf(evidence);
  return toTrace([...reservations(known, journal), ...known]);
}

function consentsByToken(
  { consents }: Evidence,
  pairs: ReadonlyMap<string, BankPair>,
): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const { id, psuId } of consents) {
    const pair = pairs.get(psuId);
    for (const token of pair ? [pair.refreshHash, ...pair.rotated] : []) known.set(token, id);
  }
  return known;
}

function entriesOf(
  call: TokenCall,
  name: Pick<TraceEntry, 'consent' | 'call'>,
  { isReceived }: Recorded,
): TraceEntry[] {
  const about = { ...name, process: call.by, pair: call.spent };
  const entries: TraceEntry[] = [{ ...about, action: 'sent', at: call.sentAt }];
  if (call.endedAt !== null) entries.push({ ...about, action: 'ended', at: call.endedAt });
  const at = call.answer?.handedOverAt ?? null;
  if (call.answer?.granted && at !== null && isReceived(call)) entries.push({ ...about, action: 'had', at });
  return entries;
}

function journalOf({ hub, consents }: Evidence): Promise<JournalRow[]> {
  return hub.query<JournalRow>(
    `SELECT consent_id AS consent, owner,
            (SELECT min(sent_at) FROM hub.token_request) >= pg_postmaster_start_time() AS "isWhole"
       FROM hub.token_request WHERE consent_id = ANY ($1::uuid[])`,
    [consents.map(({ id }) => id)],
  );
}

function reservations(entries: readonly TraceEntry[], journal: readonly JournalRow[]): TraceEntry[] {
  const sent = entries.filter(({ action }) => action === 'sent').sort((a, b) => a.at - b.at);
  const left = new Map<string, number>();
  const replicas = new Set(sent.map(({ process }) => process));
  const replicaOf = (owner: string): string => owner.slice(0, owner.indexOf('.'));
  // Replicas that were given another name than that of their relay cannot be distinguished.
  const isWhole = journal.every((row) => row.isWhole && replicas.has(replicaOf(row.owner)));
  if (isWhole) {
    for (const { consent, owner } of journal) {
      const name = `${consent} ${replicaOf(owner)}`;
      left.set(name, (left.get(name) ?? 0) + 1);
    }
  }
  const allowed = sent.filter(({ consent, process }) => {
    const name = `${consent} ${process}`;
    const count = left.get(name) ?? 0;
    left.set(name, count - 1);
    return !isWhole || count > 0;
  });
  return allowed.map((entry) => ({ ...entry, action: 'reserved' }));
}
