import { inspect } from 'node:util';
import type { Dispatcher } from 'undici';
import { BankError } from './bank-error.js';
import { Exchange, type BankAnswer } from './exchange.js';

const controller: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};
const failure = (code: string, more = {}): Error =>
  Object.assign(new Error('other side said secret-1'), { code, ...more });

describe('one exchange with the bank', () => {
  const outcomes: (BankAnswer | BankError)[] = [];
  const begin = (): Exchange =>
    new Exchange({ requestId: 'id', timeoutMs: 60_000 }, (outcome) => outcomes.push(outcome));
  const lastCode = (): unknown =>
    outcomes.at(-1) instanceof BankError ? (outcomes.at(-1) as BankError).code : undefined;

  beforeEach(() => outcomes.splice(0));

  it.each([
    'ECONNRESET',
    'ECONNREFUSED',
    'EAI_AGAIN',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_SOCKET',
    'CERT_HAS_EXPIRED',
  ])('has done nothing when %s comes before it was written', (code) => {
    begin().onResponseError(controller, failure(code));

    expect(lastCode()).toBe('not_sent');
  });

  it.each([
    ['ECONNRESET', 'outcome_unknown'],
    ['EPIPE', 'outcome_unknown'],
    ['UND_ERR_SOCKET', 'outcome_unknown'],
    ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'outcome_unknown'],
    ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'outcome_unknown'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'not_sent'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'not_sent'],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'not_sent'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'not_sent'],
  ])('after it was written, concludes from %s: %s', (code, conclusion) => {
    const exchange = begin();
    exchange.onRequestStart(controller);
    exchange.onResponseError(controller, failure(code));

    expect(lastCode()).toBe(conclusion);
  });

  it('trusts no alert once an answer has begun', () => {
    const exchange = begin();
    exchange.onRequestStart(controller);
    exchange.onResponseStart(controller, 200, {});
    exchange.onResponseError(controller, failure('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'));

    expect(lastCode()).toBe('outcome_unknown');
  });

  it('is not written once it may not be sent any more', () => {
    const call = { requestId: 'id', timeoutMs: 60_000, maySend: () => false };
    const exchange = new Exchange(call, (outcome) => outcomes.push(outcome));
    expect(() => exchange.onRequestStart(controller)).toThrow('NOT_WRITTEN');
    exchange.onResponseError(controller, failure('NOT_WRITTEN'));

    expect(lastCode()).toBe('not_sent');
  });

  it('is never written a second time, even if the transport tries', () => {
    const exchange = begin();
    exchange.onRequestStart(controller);

    expect(() => exchange.onRequestStart(controller)).toThrow('NOT_WRITTEN');
    exchange.onResponseError(controller, failure('NOT_WRITTEN'));
    expect(lastCode()).toBe('outcome_unknown');
  });

  it('ends once', () => {
    const exchange = begin();
    exchange.onResponseError(controller, failure('ECONNREFUSED'));
    exchange.onResponseEnd();

    expect(outcomes).toHaveLength(1);
    expect(() => exchange.onRequestStart(controller)).toThrow('NOT_WRITTEN');
  });

  it('takes an answer that was in the socket while the process was stopped past the deadline', async () => {
    const abort = jest.fn();
    const exchange = new Exchange({ requestId: 'id', timeoutMs: 1 }, (outcome) => outcomes.push(outcome));
    exchange.onRequestStart({ ...controller, abort });
    const read = new Promise<void>((done) => {
      // After the deadline's timer, before the socket is read: the order of the event loop.
      setTimeout(() => {
        process.nextTick(() => {
          exchange.onResponseStart(controller, 200, {});
          exchange.onResponseEnd();
          setImmediate(done);
        });
      }, 2);
      const until = performance.now() + 10;
      while (performance.now() < until);
    });
    await read;

    expect(outcomes).toEqual([{ status: 200, headers: {}, body: '' }]);
    expect(abort).not.toHaveBeenCalled();
  });

  it('is aborted at its deadline when there is no answer to be read', async () => {
    const reason = await new Promise((abort) => {
      new Exchange({ requestId: 'id', timeoutMs: 1 }, () => undefined).onRequestStart({
        ...controller,
        abort,
      });
    });

    expect(reason).toMatchObject({ code: 'DEADLINE_PASSED' });
  });

  it.each([
    failure('HPE_INVALID_CONSTANT', { data: 'secret-1' }),
    failure('secret-1'),
    new Error('secret-1'),
  ])('keeps of a failure its code word only: %#', (error) => {
    begin().onResponseError(controller, error);

    expect(inspect(outcomes, { depth: 9, showHidden: true })).not.toContain('secret-1');
  });
});
