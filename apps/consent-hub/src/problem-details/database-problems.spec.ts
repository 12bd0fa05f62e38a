import { QueryFailedError } from 'typeorm';
import { databaseProblem } from './database-problems.js';

const driverError = (code: string | undefined, message = 'words of postgres') =>
  Object.assign(new Error(message), code === undefined ? {} : { code });
const fatal = (code: string) => Object.assign(driverError(code), { severity: 'FATAL' });
const failed = (error: Error) => new QueryFailedError('SELECT $1', ['parameter'], error);

describe('the answer to an error of the database', () => {
  it.each([
    ['a broken connection', failed(driverError('08006'))],
    ['a server that stops', failed(fatal('57P01'))],
    ['a server that starts', fatal('57P03')],
    ['a full server', fatal('53300')],
    ['a database that is gone', fatal('3D000')],
    ['a statement that gave up waiting', failed(driverError('57014'))],
    ['a closed port', driverError('ECONNREFUSED')],
    ['a name that does not resolve', driverError('ENOTFOUND')],
    [
      'a connection that broke under the query',
      failed(driverError(undefined, 'Connection terminated unexpectedly')),
    ],
  ])('is 503 for %s', (_what, error) => {
    const details = databaseProblem(error)?.details;
    expect(details).toMatchObject({
      status: 503,
      code: 'database_unavailable',
      headers: { 'Retry-After': '2' },
    });
    expect(details?.detail).not.toMatch(/words|parameter/);
  });

  it.each(['22021', '22P05'])('is the caller’s fault for a text that cannot be stored: %s', (code) => {
    expect(databaseProblem(failed(driverError(code)))?.details).toMatchObject({
      status: 400,
      code: 'invalid_input',
    });
  });

  it.each([
    ['a violated constraint', failed(driverError('23505'))],
    ['a wrong statement', failed(driverError('42601'))],
    ['an error of something else', new Error('Connection: keep-alive')],
    ['no error at all', 'ECONNREFUSED'],
  ])('is left to be a fault of ours for %s', (_what, error) => {
    expect(databaseProblem(error)).toBeUndefined();
  });
});
