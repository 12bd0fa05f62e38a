import { Writable } from 'node:stream';
import { describeError } from './describe-error.js';
import { createLogger } from './logger.js';

/** As the database driver's: with the values of the query in addition to the message. */
const queryError = Object.assign(new Error('duplicate key'), {
  code: '23505',
  parameters: ['s3cret'],
  detail: 'Key (iban)=(BE..)',
});

describe('what is logged of an error', () => {
  it('is its name, message, code, stack and causes', () => {
    const error = new TypeError('outer', { cause: queryError });
    expect(describeError(error)).toEqual({
      type: 'TypeError',
      message: 'outer',
      stack: expect.stringContaining('describe-error.spec'),
      cause: { type: 'Error', message: 'duplicate key', errorCode: '23505', stack: expect.any(String) },
    });
  });

  it('ends with the causes that lead in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).match(/"cause"/g)).toHaveLength(4);
  });

  it.each([[undefined], ['text with s3cret'], [{ token: 's3cret' }]])(
    'is its type alone when it is none: %p',
    (thrown) => {
      expect(describeError(thrown).type).toBe(typeof thrown);
      expect(JSON.stringify(describeError(thrown))).not.toContain('s3cret');
    },
  );

  it('holds no value of the query that failed, at every place that logs it', () => {
    const lines: string[] = [];
    const sink = new Writable({ write: (line, _encoding, done) => (lines.push(String(line)), done()) });
    createLogger('test', 'info', sink).error({ err: queryError }, 'failed');
    expect(lines.join()).toContain('duplicate key');
    expect(lines.join()).toContain('23505');
    expect(lines.join()).not.toMatch(/s3cret|BE\.\./);
  });
});
