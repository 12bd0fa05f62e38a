import { CURRENT, PsuVisit, SAVINGS, SECOND, TERMS } from '../../../../test/support/psu-visit.js';
import type { Authorization } from '../books/authorization-book.js';
import { ConsentService } from './consent.service.js';

const AUTHENTICATED = { step: 'authenticated', psuId: 'jan' } as const;
const AT = '/belfius/authorize/0198c3a0-0000-7000-8000-000000000100/nl';

const serviceOf = ({ visits, psus }: PsuVisit): ConsentService => new ConsentService(visits, psus, TERMS);

const loggedIn = (changes?: Partial<Authorization> & { state?: string | null }): Promise<PsuVisit> =>
  PsuVisit.begun(AUTHENTICATED, changes);

const CAF = { scope: 'CAF', iban: CURRENT.iban } as const;

describe('the page of the decision', () => {
  it('shows all accounts of the customer, none ticked, and until when the consent lasts', async () => {
    const visit = await loggedIn();
    expect(await serviceOf(visit).show(visit.asks('consent'))).toMatchObject({
      status: 200,
      page: {
        name: 'consent',
        scope: 'AIS',
        customer: 'Jan Peeters',
        accounts: [CURRENT, SECOND, SAVINGS],
        chosen: [],
        validUntil: new Date('2026-08-28T10:00:00Z'),
        validDays: 180,
        fault: null,
        frame: { tppName: 'Budget App' },
      },
    });
  });

  it('shows the account that the TPP named and no other', async () => {
    const visit = await loggedIn(CAF);
    expect(await serviceOf(visit).show(visit.asks('consent'))).toMatchObject({
      page: { accounts: [CURRENT], requestedIban: CURRENT.iban },
    });
  });

  it('shows no account when the customer does not hold the one that the TPP named', async () => {
    const visit = await PsuVisit.begun({ step: 'authenticated', psuId: 'claire' }, CAF);
    expect(await serviceOf(visit).show(visit.asks('consent'))).toMatchObject({ page: { accounts: [] } });
  });

  it.each([
    { step: 'unknown' } as const,
    { step: 'challenged', psuId: 'jan', oneTimeCode: '012345' } as const,
  ])('sends a browser back whose session is at %j', async (progress) => {
    const visit = await PsuVisit.begun(progress);
    const answer = await serviceOf(visit).show(visit.asks('consent'));
    expect(answer).toEqual({ kind: 'redirect', to: `${AT}/code` });
  });
});
