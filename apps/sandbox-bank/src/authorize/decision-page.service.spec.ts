import { CURRENT, PsuVisit, SAVINGS, SECOND } from '../../testing/psu-visit.harness.js';
import type { Authorization } from '../model/consents/authorization.js';
import type { Payment } from '../model/payments/payment.js';

const AUTHENTICATED = { step: 'authenticated', psuId: 'jan' } as const;
const AT = '/belfius/authorize/0198c3a0-0000-7000-8000-000000000100/nl';

const loggedIn = (changes?: Partial<Authorization> & { state?: string | null }): Promise<PsuVisit> =>
  PsuVisit.begun(AUTHENTICATED, changes);

const CAF = { scope: 'CAF', iban: CURRENT.iban } as const;
const PAYMENT = { scope: 'PIS', purpose: 'payment' } as const;
const SCA = { scope: 'AIS', purpose: 'sca', boundPsuId: 'jan' } as const;

const payment: Payment = {
  id: '0198c3a0-0000-7000-8000-000000000003',
  product: 'sepa-credit-transfers',
  status: 'RCVD',
  debtorIban: null,
  psuId: null,
  instruction: {
    amount: '12.50',
    currency: 'EUR',
    creditor: { name: 'Bakkerij Vermeulen BV', iban: 'BE49091200881571' },
  },
};

describe('the page of the decision on a consent', () => {
  it('shows all accounts of the customer, none ticked, and until when the consent lasts', async () => {
    const visit = await loggedIn();
    expect(await visit.pages.show(visit.asks('consent'))).toMatchObject({
      status: 200,
      page: {
        name: 'consent',
        scope: 'AIS',
        customer: 'Jan Peeters',
        choice: { requestedIban: null, accounts: [CURRENT, SECOND, SAVINGS], chosen: [] },
        validUntil: new Date('2026-08-28T10:00:00Z'),
        validDays: 180,
        fault: null,
        frame: { tppName: 'Budget App', purpose: 'consent' },
      },
    });
  });

  it.each([
    ['funds confirmations', CAF],
    ['account information, as older versions do', { scope: 'AIS', iban: CURRENT.iban } as const],
  ])('shows the account that the TPP named for %s, and no other', async (_what, named) => {
    const visit = await loggedIn(named);
    expect(await visit.pages.show(visit.asks('consent'))).toMatchObject({
      page: { scope: named.scope, choice: { accounts: [CURRENT], requestedIban: CURRENT.iban } },
    });
  });

  it('shows no account when the customer does not hold the one that the TPP named', async () => {
    const visit = await PsuVisit.begun({ step: 'authenticated', psuId: 'claire' }, CAF);
    expect(await visit.pages.show(visit.asks('consent'))).toMatchObject({
      page: { choice: { accounts: [] } },
    });
  });

  it.each([
    { step: 'unknown' } as const,
    { step: 'challenged', psuId: 'jan', oneTimeCode: '012345' } as const,
  ])('sends a browser back whose session is at %j', async (progress) => {
    const visit = await PsuVisit.begun(progress);
    const answer = await visit.pages.show(visit.asks('consent'));
    expect(answer).toEqual({ kind: 'redirect', to: `${AT}/code` });
  });
});

describe('the page of the decision on a payment', () => {
  it('shows exactly what is paid, and the accounts from which it can be', async () => {
    const visit = await loggedIn(PAYMENT);
    visit.payments.held = payment;
    expect(await visit.pages.show(visit.asks('consent'))).toMatchObject({
      page: {
        name: 'payment',
        product: payment.product,
        instruction: payment.instruction,
        choice: { requestedIban: null, accounts: [CURRENT, SECOND, SAVINGS] },
      },
    });
  });

  it('shows the account that the TPP named, and no other', async () => {
    const visit = await loggedIn({ ...PAYMENT, iban: SECOND.iban });
    visit.payments.held = { ...payment, debtorIban: SECOND.iban };
    expect(await visit.pages.show(visit.asks('consent'))).toMatchObject({
      page: { choice: { requestedIban: SECOND.iban, accounts: [SECOND] } },
    });
  });
});

describe('the page of the decision on an authentication', () => {
  it('shows the consent that it is for', async () => {
    const visit = await loggedIn(SCA);
    visit.consents.held = { ibans: [CURRENT.iban], expiresAt: new Date('2026-05-01T00:00:00Z') };
    expect(await visit.pages.show(visit.asks('consent'))).toMatchObject({
      page: { name: 'sca', customer: 'Jan Peeters', consent: visit.consents.held },
    });
  });

  it('says when that consent has ended', async () => {
    const visit = await loggedIn(SCA);
    expect(await visit.pages.show(visit.asks('consent'))).toMatchObject({
      page: { name: 'sca', consent: null },
    });
  });
});
