import { checkTrace, toTrace, type TraceEntry } from './trace.js';

const FIRST = { process: 'hub-1', consent: 'consent', pair: '1', call: 'first' };
const SECOND = { process: 'hub-2', consent: 'consent', pair: '1', call: 'second' };

const violationsOf = (...entries: TraceEntry[]): string[] => checkTrace(toTrace(entries));

describe('a recorded history', () => {
  it('conforms when a request in doubt is probed after its call has ended', () => {
    const history: TraceEntry[] = [
      { ...FIRST, action: 'reserved', at: 1 },
      { ...FIRST, action: 'sent', at: 2 },
      { ...FIRST, action: 'ended', at: 3 },
      { ...SECOND, action: 'reserved', at: 4 },
      { ...SECOND, action: 'sent', at: 5 },
    ];
    expect(violationsOf(...history)).toEqual([]);
    expect(violationsOf(...history.reverse())).toEqual([]);
  });

  it('does not conform when a pair is sent without a request, or twice for one', () => {
    const message = 'hub-1 sent pair 1 of consent consent without a request of its own';
    expect(violationsOf({ ...FIRST, action: 'sent', at: 2 })).toEqual([message]);
    expect(
      violationsOf(
        { ...FIRST, action: 'reserved', at: 1 },
        { ...FIRST, action: 'sent', at: 2 },
        { ...FIRST, action: 'ended', at: 3 },
        { ...FIRST, action: 'sent', at: 4 },
      ),
    ).toEqual([message]);
  });

  it('does not conform when a pair is sent while a call with it is under way, or after its answer was had', () => {
    const before: TraceEntry[] = [
      { ...FIRST, action: 'reserved', at: 1 },
      { ...SECOND, action: 'reserved', at: 1 },
      { ...FIRST, action: 'sent', at: 2 },
    ];
    const sent: TraceEntry = { ...SECOND, action: 'sent', at: 5 };
    expect(violationsOf(...before, sent)).toEqual([
      'hub-2 sent pair 1 of consent consent while the call of hub-1 was under way',
    ]);
    expect(
      violationsOf(...before, { ...FIRST, action: 'ended', at: 3 }, { ...FIRST, action: 'had', at: 3 }, sent),
    ).toEqual(['hub-2 sent pair 1 of consent consent although hub-1 had the answer to it']);
  });
});
