import { GrantEvents } from './grant-events.js';

describe('the events of grants', () => {
  it('reach every listener of their type, and no other', () => {
    const events = new GrantEvents();
    const counts: number[] = [];
    const unavailable = jest.fn();
    events.on('spool_replayed', ({ count }) => counts.push(count));
    events.on('spool_replayed', ({ count }) => counts.push(-count));
    events.on('database_unavailable', unavailable);
    events.emit({ type: 'spool_replayed', count: 3 });
    expect(counts).toEqual([3, -3]);
    expect(unavailable).not.toHaveBeenCalled();
  });

  it('reach the other listeners, and end without an error, when one listener throws', () => {
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const events = new GrantEvents();
    const second = jest.fn();
    events.on('database_unavailable', () => {
      throw new Error('listener failed');
    });
    events.on('database_unavailable', second);
    expect(() => events.emit({ type: 'database_unavailable' })).not.toThrow();
    expect(second).toHaveBeenCalledTimes(1);
    expect(warning).toHaveBeenCalledTimes(1);
    warning.mockRestore();
  });
});
