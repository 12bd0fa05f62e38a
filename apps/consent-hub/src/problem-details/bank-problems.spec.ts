import { BANK_ERROR_CODES, BankError } from '@consent-hub/bank-client';
import { BANK_PROBLEMS, bankProblem } from './bank-problems.js';

const saidNo = {
  error: 'NO_ACTIVE_CONSENT',
  errorCode: 'B14800ZZ-3013-000000',
  requestId: 'r-1',
  httpStatus: 403,
};

describe('the answer to a failure of the bank', () => {
  it('is decided for every code that the bank client throws, and for no other', () => {
    expect(Object.keys(BANK_PROBLEMS).sort()).toEqual([...BANK_ERROR_CODES].sort());
  });

  it('has a code of its own for each', () => {
    const codes = Object.values(BANK_PROBLEMS).map(({ code }) => code);
    expect(new Set(codes).size).toBe(BANK_ERROR_CODES.length);
  });

  it.each(BANK_ERROR_CODES)('is an error and not ours: %s', (code) => {
    const { status } = bankProblem(new BankError(code)).details;
    expect([409, 422, 502, 503, 504]).toContain(status);
  });

  it('repeats the two code words of the bank where it refused, and no other fact of the call', () => {
    const body = bankProblem(new BankError('consent_withdrawn', saidNo)).members();
    expect(body['bank']).toEqual({ error: 'NO_ACTIVE_CONSENT', error_code: 'B14800ZZ-3013-000000' });
    expect(JSON.stringify(body)).not.toContain('r-1');
  });

  it('has no words of the bank where it gave none', () => {
    expect(bankProblem(new BankError('not_sent')).members()).not.toHaveProperty('bank');
  });

  it('says when to come back, in the bank’s own time where it gave one', () => {
    expect(bankProblem(new BankError('busy', { retryAfterSeconds: 42 })).details.headers).toEqual({
      'Retry-After': '42',
    });
    expect(bankProblem(new BankError('not_sent')).details.headers).toEqual({ 'Retry-After': '5' });
    expect(bankProblem(new BankError('request_refused', saidNo)).details.headers).toBeUndefined();
  });
});
