import type { AttentionNote } from './attention-note.repository.js';
import { acknowledged, coveringNote, coveringNoteOfHub, notesOf } from './noted.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const minutes = (count: number): Date => new Date(NOW.getTime() + count * 60_000);
const note = (more: Partial<AttentionNote>): AttentionNote => ({
  cause: 'failed',
  consentId: null,
  seen: null,
  snoozedUntil: null,
  at: minutes(-10),
  knownUntil: minutes(-10).toISOString(),
  name: 'olga',
  reason: 'known',
  ...more,
});
const covering = (notes: readonly AttentionNote[], news: readonly string[] = []) =>
  coveringNote('a', notesOf('failed', notes), { news: new Set(news), now: NOW });

describe('a note about something that needs attention', () => {
  it('keeps a consent out of the inbox, be it about the consent or its cause', () => {
    expect(covering([])).toBeUndefined();
    expect(covering([note({})])).toBeDefined();
    expect(covering([note({ consentId: 'a' })])).toBeDefined();
    expect(covering([note({ consentId: 'b' })])).toBeUndefined();
    expect(covering([note({ cause: 'expiring' })])).toBeUndefined();
  });

  it('lets it come back when something newer happens to it', () => {
    expect(covering([note({})], ['a'])).toBeUndefined();
    expect(covering([note({ consentId: 'a' })], ['a'])).toBeUndefined();
    expect(covering([note({})], ['b'])).toBeDefined();
  });

  it('puts it off until its time, whatever happens, and no longer', () => {
    expect(covering([note({ snoozedUntil: minutes(1) })], ['a'])).toBeDefined();
    expect(covering([note({ snoozedUntil: minutes(-1) })])).toBeUndefined();
  });

  it('has consents asked for news since the later of two acknowledgements', () => {
    const notes = notesOf('failed', [
      note({}),
      note({ consentId: 'a', knownUntil: minutes(-2).toISOString() }),
    ]);
    expect(acknowledged(['a', 'b'], notes)).toEqual([
      { consentId: 'a', until: minutes(-2).toISOString() },
      { consentId: 'b', until: minutes(-10).toISOString() },
    ]);
    expect(acknowledged(['a'], notesOf('failed', [note({ snoozedUntil: minutes(5) })]))).toEqual([]);
  });

  it('about the hub itself counts while its cause is what it was', () => {
    const notes = notesOf('breaker:banx', [note({ cause: 'breaker:banx', seen: 'open 12:00' })]);
    expect(coveringNoteOfHub(notes, 'open 12:00', NOW)).toBeDefined();
    expect(coveringNoteOfHub(notes, 'open 13:00', NOW)).toBeUndefined();
    const asleep = notesOf('breaker:banx', [note({ cause: 'breaker:banx', snoozedUntil: minutes(3) })]);
    expect(coveringNoteOfHub(asleep, 'open 13:00', NOW)).toBeDefined();
  });
});
