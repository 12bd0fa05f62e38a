import { QueryFailedError } from 'typeorm';
import { LookupOverflowError } from './batched-lookup.js';
import { StandbyReachedError } from './database-events.js';
import { isDatabaseOutage, isLockTimeout, isStatementTimeout } from './database-outage.js';

const failed = (code: string) =>
  new QueryFailedError('SELECT 1', [], Object.assign(new Error('refused'), { code }));

describe('an outage of the database', () => {
  it.each([
    '08006',
    '57P01',
    '57P03',
    '57014',
    '25006',
    '25P03',
    '40001',
    '40P01',
    '53100',
    '53300',
    '55P03',
  ])('is SQLSTATE %s', (code) => {
    expect(isDatabaseOutage(failed(code))).toBe(true);
  });

  it.each([
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['a connection cut by the server', new Error('Connection terminated unexpectedly')],
    ['a connection that could not be made in time', new Error('timeout expired')],
    ['a statement without an answer', new Error('Query read timeout')],
    ['a server that takes no writes', new StandbyReachedError()],
    ['a crowd of lookups that wait', new LookupOverflowError()],
    ['a pool without a free connection in time', new Error('timeout exceeded when trying to connect')],
  ])('is %s', (_what, error) => {
    expect(isDatabaseOutage(error)).toBe(true);
  });

  it.each(['23505', '42P01', '22P02', 'P0001'])(
    'is not SQLSTATE %s: the statement itself is wrong',
    (code) => {
      expect(isDatabaseOutage(failed(code))).toBe(false);
    },
  );

  it('is no error of ours', () => {
    expect(isDatabaseOutage(new TypeError('x is not a function'))).toBe(false);
    expect(isDatabaseOutage('connection')).toBe(false);
  });
});

describe('a time-out', () => {
  const errorOf = (code: string) => Object.assign(new Error('refused'), { code });
  const SILENCE = new Error('Query read timeout');

  it.each([
    ['of a lock', isLockTimeout, '55P03', '57014'],
    ['of a statement', isStatementTimeout, '57014', '55P03'],
  ])('%s is distinguished from others, and from a server that is away', (_what, isTimeout, code, other) => {
    expect([isTimeout(failed(code)), isTimeout(errorOf(code))]).toEqual([true, true]);
    for (const error of [failed(other), errorOf('ECONNRESET'), failed('57P01'), SILENCE, code, undefined]) {
      expect(isTimeout(error)).toBe(false);
    }
  });
});
