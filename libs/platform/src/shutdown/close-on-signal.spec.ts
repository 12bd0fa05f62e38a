import { createLogger } from '../logging/logger.js';
import { closeOnSignal } from './close-on-signal.js';

const logger = createLogger('test', 'silent');

describe('closing on a signal', () => {
  let exit: jest.SpyInstance;
  beforeEach(() => {
    jest.useFakeTimers();
    exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  });
  afterEach(() => {
    process.removeAllListeners('SIGTERM').removeAllListeners('SIGINT');
    process.exitCode = undefined;
    jest.restoreAllMocks();
    jest.useRealTimers();
  });
  const signalled = async (close: () => Promise<void>): Promise<void> => {
    closeOnSignal({ close }, logger, 1000);
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGINT', 'SIGINT');
    await jest.advanceTimersByTimeAsync(999);
  };

  it('closes once, although other signals follow, and ends with 0', async () => {
    const close = jest.fn(() => Promise.resolve());
    await signalled(close);
    expect(close).toHaveBeenCalledTimes(1);
    expect(process.exitCode).toBe(0);
    expect(exit).toHaveBeenCalledTimes(1);
  });

  it('ends with 1 when closing fails', async () => {
    await signalled(() => Promise.reject(new Error('stuck')));
    expect(process.exitCode).toBe(1);
    expect(exit).toHaveBeenCalledTimes(1);
  });

  it('waits for what is under way as long as the grace lasts, and no longer', async () => {
    await signalled(() => new Promise(() => undefined));
    expect(exit).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(exit).toHaveBeenCalledWith(1);
  });
});
