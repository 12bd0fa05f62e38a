import type { KnownTimeline } from '@consent-hub/consent';
import type { AttentionNote } from './attention-note.repository.js';

/** What a person has said about an item: the note about it alone and the one about its whole cause both count. */
export interface NotesOf {
  readonly ofCause: AttentionNote | undefined;
  readonly ofConsent: ReadonlyMap<string, AttentionNote>;
}

export function notesOf(cause: string, notes: readonly AttentionNote[]): NotesOf {
  const own = notes.filter((note) => note.cause === cause);
  return {
    ofCause: own.find(({ consentId }) => consentId === null),
    ofConsent: new Map(own.flatMap((note) => (note.consentId === null ? [] : [[note.consentId, note]]))),
  };
}

const isAsleep = (note: AttentionNote | undefined, now: Date): boolean =>
  note?.snoozedUntil != null && note.snoozedUntil > now;

/** A note that has put its item off counts until its time; one that acknowledged it, until something newer happens. */
function acknowledgement(note: AttentionNote | undefined): AttentionNote | undefined {
  return note && note.snoozedUntil === null ? note : undefined;
}

/** The acknowledgements whose consents are to be asked whether something newer has happened to them. */
export const acknowledged = (ids: readonly string[], notes: NotesOf): KnownTimeline[] =>
  ids.flatMap((consentId) => {
    const latest = [acknowledgement(notes.ofCause), acknowledgement(notes.ofConsent.get(consentId))]
      .flatMap((note) => (note ? [note.knownUntil] : []))
      .sort()
      .at(-1);
    return latest === undefined ? [] : [{ consentId, until: latest }];
  });

/**
 * The note that keeps a consent out of the inbox; undefined: it needs a person.
 *
 * @param news consents to which something newer than their acknowledgement has happened
 */
export function coveringNote(
  consentId: string,
  notes: NotesOf,
  { news, now }: { readonly news: ReadonlySet<string>; readonly now: Date },
): AttentionNote | undefined {
  const both = [notes.ofConsent.get(consentId), notes.ofCause];
  const asleep = both.find((note) => isAsleep(note, now));
  if (asleep) return asleep;
  return news.has(consentId) ? undefined : both.find((note) => acknowledgement(note) !== undefined);
}

/** The note that keeps a cause of the hub itself out of the inbox. */
export function coveringNoteOfHub(notes: NotesOf, seen: string, now: Date): AttentionNote | undefined {
  const { ofCause } = notes;
  if (isAsleep(ofCause, now)) return ofCause;
  return acknowledgement(ofCause)?.seen === seen ? ofCause : undefined;
}
