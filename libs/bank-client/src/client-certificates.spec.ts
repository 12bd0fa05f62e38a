import { Logger } from '@nestjs/common';
import { ClientCertificates } from './client-certificates.js';

const DAY_MS = 86_400_000;
const YEAR = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') };

describe('the client certificates', () => {
  let now = 0;
  const certificates = () => new ClientCertificates(new Map([['belfius', YEAR]]), () => now);
  const at = (date: string) => (now = Date.parse(date));
  const said = {
    warn: jest.spyOn(Logger.prototype, 'warn').mockReturnValue(),
    error: jest.spyOn(Logger.prototype, 'error').mockReturnValue(),
  };
  beforeEach(() => Object.values(said).forEach((spy) => spy.mockClear()));
  afterAll(() => jest.restoreAllMocks());

  it('tell what is left of them, negative once nothing is', () => {
    const { list } = { list: () => certificates().list() };
    at('2026-12-31T23:59:00Z');
    expect(list()).toEqual([{ brand: 'belfius', ...YEAR, state: 'expires_soon', secondsLeft: 60 }]);
    at('2027-01-01T01:00:00Z');
    expect(list()).toEqual([{ brand: 'belfius', ...YEAR, state: 'expired', secondsLeft: -3600 }]);
  });

  it('are silent while they are well', () => {
    at('2026-06-01T00:00:00Z');
    const well = certificates();
    well.onModuleInit();
    expect(well.warnings()).toEqual([]);
    expect([said.warn.mock.calls, said.error.mock.calls]).toEqual([[], []]);
  });

  it('are said once when one comes near its end, and again when it is over', () => {
    at('2026-06-01T00:00:00Z');
    const running = certificates();
    running.onModuleInit();
    for (let hour = 0; hour < 3; hour++) {
      at('2026-12-10T00:00:00Z');
      running.check();
    }
    expect(said.warn.mock.calls.map(([line]) => (line as { msg: string }).msg)).toEqual([
      'The client certificate for belfius expires in 22 days, at 2027-01-01T00:00:00.000Z.',
    ]);
    now = YEAR.notAfter.getTime() + DAY_MS;
    running.check();
    running.check();
    expect(said.error).toHaveBeenCalledTimes(1);
    expect(said.warn).toHaveBeenCalledTimes(1);
  });

  it('are said at the start when one is not valid yet', () => {
    at('2025-12-31T00:00:00Z');
    const early = certificates();
    early.onModuleInit();
    expect(said.error.mock.calls).toEqual([
      [expect.objectContaining({ brand: 'belfius', msg: early.warnings()[0] })],
    ]);
    expect(early.warnings()).toEqual([
      expect.stringContaining('is not valid before 2026-01-01T00:00:00.000Z'),
    ]);
  });
});
