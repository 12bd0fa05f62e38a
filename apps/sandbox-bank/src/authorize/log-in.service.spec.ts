import { CURRENT, PsuVisit } from '../../testing/psu-visit.harness.js';
import { LogInService } from './log-in.service.js';

const CHALLENGED = { step: 'challenged', psuId: 'jan', oneTimeCode: '012345' } as const;
const AUTHENTICATED = { step: 'authenticated', psuId: 'jan' } as const;
const AT = '/belfius/authorize/0198c3a0-0000-7000-8000-000000000100/nl';

const serviceOf = (visit: PsuVisit): LogInService =>
  new LogInService(visit.visits, visit.psus, visit.sessions);

describe('choosing a test customer', () => {
  it('offers the customers of the brand, none of them chosen', async () => {
    const visit = await PsuVisit.begun();
    expect(await serviceOf(visit).showCustomers(visit.asks('log-in'))).toMatchObject({
      status: 200,
      page: {
        name: 'log-in',
        chosen: null,
        fault: null,
        customers: [
          { id: 'jan', holdsRequested: false },
          { id: 'claire', holdsRequested: false },
        ],
      },
    });
  });

  it('says who holds the account that the TPP named', async () => {
    const visit = await PsuVisit.begun({ step: 'unknown' }, { scope: 'CAF', iban: CURRENT.iban });
    expect(await serviceOf(visit).showCustomers(visit.asks('log-in'))).toMatchObject({
      page: {
        requestedIban: CURRENT.iban,
        customers: [
          { id: 'jan', holdsRequested: true },
          { id: 'claire', holdsRequested: false },
        ],
      },
    });
  });

  it.each(['choosing', 'looking'])(
    'knows one customer only where the TPP’s token names them, also when %s',
    async (what) => {
      const visit = await PsuVisit.begun(undefined, { boundPsuId: 'claire' });
      const service = serviceOf(visit);
      const answer =
        what === 'looking'
          ? await service.showCustomers(visit.asks('log-in'))
          : await service.chooseCustomer(visit.sends('log-in', { psu: 'jan' }));
      expect(answer).toMatchObject({ page: { name: 'log-in', customers: [{ id: 'claire' }] } });
      expect(visit.progress).toEqual({ step: 'unknown' });
    },
  );

  it('continues to a code of six digits', async () => {
    const visit = await PsuVisit.begun();
    const answer = await serviceOf(visit).chooseCustomer(visit.sends('log-in', { psu: 'claire' }));
    expect(answer).toEqual({ kind: 'redirect', to: `${AT}/code` });
    expect(visit.progress).toMatchObject({
      step: 'challenged',
      psuId: 'claire',
      oneTimeCode: expect.stringMatching(/^\d{6}$/),
    });
  });

  it('ends an earlier authentication when the customer is chosen again', async () => {
    const visit = await PsuVisit.begun(AUTHENTICATED);
    await serviceOf(visit).chooseCustomer(visit.sends('log-in', { psu: 'claire' }));
    expect(visit.progress).toMatchObject({ step: 'challenged', psuId: 'claire' });
  });

  it.each([
    ['no customer', undefined],
    ['an unknown customer', 'no-such-customer'],
    ['a customer of the other brand', 'lotte'],
    ['two customers', ['jan', 'claire']],
  ])('comes back with the fault when %s is chosen', async (_whom, psu) => {
    const visit = await PsuVisit.begun();
    expect(await serviceOf(visit).chooseCustomer(visit.sends('log-in', { psu }))).toMatchObject({
      status: 422,
      page: { name: 'log-in', fault: 'no_customer' },
    });
    expect(visit.progress).toEqual({ step: 'unknown' });
  });
});

describe('typing in the one-time code', () => {
  it('shows the code and whose it is', async () => {
    const visit = await PsuVisit.begun(CHALLENGED);
    expect(await serviceOf(visit).showCode(visit.asks('code'))).toMatchObject({
      status: 200,
      page: { name: 'code', customer: 'Jan Peeters', code: '012345', fault: null },
    });
  });

  it.each(['012345', ' 012 345 ', '012\u00a0345'])('continues when %j is typed', async (code) => {
    const visit = await PsuVisit.begun(CHALLENGED);
    expect(await serviceOf(visit).confirmCode(visit.sends('code', { code }))).toEqual({
      kind: 'redirect',
      to: `${AT}/consent`,
    });
    expect(visit.progress).toEqual(AUTHENTICATED);
  });

  it.each([
    ['empty_code', undefined],
    ['empty_code', '  '],
    ['empty_code', ['012345', '012345']],
    ['wrong_code', '12345'],
    ['wrong_code', '543210'],
  ])('comes back with %s when %j is typed', async (fault, code) => {
    const visit = await PsuVisit.begun(CHALLENGED);
    expect(await serviceOf(visit).confirmCode(visit.sends('code', { code }))).toMatchObject({
      status: 422,
      page: { name: 'code', code: '012345', fault },
    });
    expect(visit.progress).toEqual(CHALLENGED);
  });

  it.each([
    ['to the log-in when no customer is chosen', { step: 'unknown' } as const, 'log-in'],
    ['on when the code has been typed', AUTHENTICATED, 'consent'],
  ])('sends the browser %s', async (_where, progress, step) => {
    const visit = await PsuVisit.begun(progress);
    const there = { kind: 'redirect', to: `${AT}/${step}` };
    expect(await serviceOf(visit).showCode(visit.asks('code'))).toEqual(there);
    expect(await serviceOf(visit).confirmCode(visit.sends('code', { code: '012345' }))).toEqual(there);
    expect(visit.progress).toEqual(progress);
  });
});
