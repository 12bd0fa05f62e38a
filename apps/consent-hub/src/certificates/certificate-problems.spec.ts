import type { ClientCertificate } from '@consent-hub/bank-client';
import { problemsOf } from './certificate-problems.js';

const DATES = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') };
const AUTHORITY = { subject: 'CN=Test CA', ...DATES, state: 'valid', secondsLeft: 1 } as const;
const WELL: ClientCertificate = {
  ...AUTHORITY,
  brand: 'belfius',
  subject: 'CN=TPP',
  organizationIdentifier: 'PSDBE-NBB-0123456789',
  roles: ['PSP_AI', 'PSP_PI'],
  fingerprint: 'ab',
  loadedAt: DATES.notBefore,
  authorities: [AUTHORITY],
  refusal: null,
};
const codes = (
  changes: Partial<ClientCertificate>,
  scopes: Parameters<typeof problemsOf>[1] = ['AIS', 'PIS'],
) => problemsOf({ ...WELL, ...changes }, scopes).map(({ code }) => code);

describe('what is wrong with a client certificate', () => {
  it('is nothing while it is in force and has the roles that the scopes in use need', () => {
    expect(codes({})).toEqual([]);
    expect(codes({ roles: ['PSP_IC'] }, [])).toEqual([]);
  });

  it.each(['expired', 'not_yet_valid', 'expires_soon'] as const)(
    'is that it, or an authority, is %s',
    (state) => {
      expect(codes({ state })).toEqual([state]);
      expect(codes({ authorities: [{ ...AUTHORITY, state }] })).toEqual([state]);
    },
  );

  it('is each role that a scope in use needs and it lacks', () => {
    expect(problemsOf(WELL, ['AIS', 'CAF', 'PIS'])).toEqual([
      { code: 'role_missing', detail: expect.stringMatching(/PSP_IC.*CAF/) },
    ]);
    expect(codes({ roles: ['PSP_AS'] })).toEqual(['role_missing', 'role_missing']);
    expect(codes({ roles: [] })).toEqual(['psd2_statement_missing']);
  });

  it('is an organisation id that is not there or of another form', () => {
    expect(codes({ organizationIdentifier: null })).toEqual(['organisation_id_missing']);
    for (const id of ['0123456789', 'PSDBE-NBB-', 'VATBE-0123456789', 'psdbe-nbb-1'])
      expect(codes({ organizationIdentifier: id })).toEqual(['organisation_id_malformed']);
  });

  it('is that its files cannot be used', () => {
    expect(problemsOf({ ...WELL, refusal: 'key.pem cannot be read' }, [])).toEqual([
      { code: 'files_refused', detail: 'key.pem cannot be read' },
    ]);
  });
});
