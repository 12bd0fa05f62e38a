import { Logger } from '@nestjs/common';
import { Secret } from '@consent-hub/psd2-protocol';
import { CURRENT, PsuVisit, SAVINGS, SECOND } from '../../testing/psu-visit.harness.js';
import type { Authorization } from '../model/consents/authorization.js';
import { DECISIONS } from '../model/consents/psu-decision.service.js';
import type { Answer } from './page.js';
import { DecisionService } from './decision.service.js';

const AUTHENTICATED = { step: 'authenticated', psuId: 'jan' } as const;
const CALLBACK = 'https://tpp.example/callback';
const AT = '/belfius/authorize/0198c3a0-0000-7000-8000-000000000100/nl';

const serviceOf = ({ visits, decisions, sessions, pages }: PsuVisit): DecisionService =>
  new DecisionService(visits, decisions, sessions, pages);

const loggedIn = (changes?: Partial<Authorization> & { state?: string | null }): Promise<PsuVisit> =>
  PsuVisit.begun(AUTHENTICATED, changes);

const CAF = { scope: 'CAF', iban: CURRENT.iban } as const;

describe('approving', () => {
  it.each([
    ['one account', CURRENT.iban, [CURRENT.iban]],
    ['several accounts', [CURRENT.iban, SECOND.iban], [CURRENT.iban, SECOND.iban]],
  ])('shares %s and brings the TPP its code and state', async (_what, account, ibans) => {
    const visit = await loggedIn();
    const answer = await serviceOf(visit).decide(visit.sends('consent', { decision: 'approve', account }));
    expect(answer).toEqual({ kind: 'redirect', to: `${CALLBACK}?code=the-code&state=the-state` });
    expect(visit.authorizations.approvals).toEqual([{ psuId: 'jan', ibans, state: 'the-state' }]);
  });

  it('shares the account that the TPP named, whatever the form says', async () => {
    const visit = await loggedIn(CAF);
    await serviceOf(visit).decide(visit.sends('consent', { decision: 'approve', account: SECOND.iban }));
    expect(visit.authorizations.approvals).toEqual([expect.objectContaining({ ibans: [CURRENT.iban] })]);
  });

  it('brings nothing back but the code when the TPP gave no state', async () => {
    const visit = await loggedIn({ state: null });
    const form = { decision: 'approve', account: CURRENT.iban };
    expect(await serviceOf(visit).decide(visit.sends('consent', form))).toEqual({
      kind: 'redirect',
      to: `${CALLBACK}?code=the-code`,
    });
  });

  it.each([
    ['no_account', undefined, []],
    ['no_account', 'not an account', []],
    ['account_refused', SAVINGS.iban, [SAVINGS.iban]],
    ['account_refused', [CURRENT.iban, 'BE68539007547034'], [CURRENT.iban, 'BE68539007547034']],
  ])('comes back with %s when %j is ticked', async (fault, account, chosen) => {
    const visit = await loggedIn();
    const answer = await serviceOf(visit).decide(visit.sends('consent', { decision: 'approve', account }));
    expect(answer).toMatchObject({ status: 422, page: { name: 'consent', fault, choice: { chosen } } });
    expect(visit.authorizations.held.status).toBe('pending');
  });
});

describe('approving a payment', () => {
  const PAYMENT = { scope: 'PIS', purpose: 'payment' } as const;

  it('pays from the chosen account', async () => {
    const visit = await loggedIn(PAYMENT);
    await serviceOf(visit).decide(visit.sends('consent', { decision: 'approve', account: SECOND.iban }));
    expect(visit.authorizations.approvals).toEqual([
      { psuId: 'jan', ibans: [SECOND.iban], state: 'the-state' },
    ]);
  });

  it.each([
    ['no_debtor', undefined],
    ['debtor_refused', SAVINGS.iban],
  ])('comes back with %s when %j is chosen', async (fault, account) => {
    const visit = await loggedIn(PAYMENT);
    jest.spyOn(visit.payments, 'findByAuthorization').mockResolvedValue({
      id: '0198c3a0-0000-7000-8000-000000000003',
      product: 'sepa-credit-transfers',
      status: 'RCVD',
      debtorIban: null,
      psuId: null,
      instruction: { amount: '1.00', currency: 'EUR', creditor: { name: 'A', iban: CURRENT.iban } },
    });
    const answer = await serviceOf(visit).decide(visit.sends('consent', { decision: 'approve', account }));
    expect(answer).toMatchObject({ status: 422, page: { name: 'payment', fault } });
    expect(visit.authorizations.held.status).toBe('pending');
  });

  it('brings nothing but the state to a TPP that has a pair already', async () => {
    const visit = await loggedIn(PAYMENT);
    jest.spyOn(visit.authorizations, 'approve').mockResolvedValueOnce({});
    const form = { decision: 'approve', account: CURRENT.iban };
    expect(await serviceOf(visit).decide(visit.sends('consent', form))).toEqual({
      kind: 'redirect',
      to: `${CALLBACK}?state=the-state`,
    });
  });
});

describe('approving an authentication', () => {
  const SCA = { scope: 'AIS', purpose: 'sca', boundPsuId: 'jan' } as const;

  it('needs no account, and brings the SCA token', async () => {
    const visit = await loggedIn(SCA);
    jest.spyOn(visit.authorizations, 'approve').mockResolvedValueOnce({ scaToken: new Secret('s-1') });
    expect(await serviceOf(visit).decide(visit.sends('consent', { decision: 'approve' }))).toEqual({
      kind: 'redirect',
      to: `${CALLBACK}?sca_token=s-1&state=the-state`,
    });
  });

  it('says so when the consent that it was for has ended', async () => {
    const visit = await loggedIn(SCA);
    jest.spyOn(visit.authorizations, 'approve').mockResolvedValueOnce(null);
    expect(await serviceOf(visit).decide(visit.sends('consent', { decision: 'approve' }))).toMatchObject({
      status: 422,
      page: { name: 'sca', fault: 'consent_over', consent: null },
    });
  });
});

describe('approving without having typed in the code', () => {
  it.each([
    { step: 'unknown' } as const,
    { step: 'challenged', psuId: 'jan', oneTimeCode: '012345' } as const,
  ])('redirects to the code page from %j', async (progress) => {
    const visit = await PsuVisit.begun(progress);
    const form = { decision: 'approve', account: CURRENT.iban };
    expect(await serviceOf(visit).decide(visit.sends('consent', form))).toEqual({
      kind: 'redirect',
      to: `${AT}/code`,
    });
    expect(visit.authorizations.held.status).toBe('pending');
  });
});

describe('not approving', () => {
  it.each([
    ['refuse', 'refused', 'access_denied', 'The%20customer%20refused%20the%20request'],
    ['fail', 'failed', 'server_error', 'The%20request%20could%20not%20be%20completed'],
  ])(
    '%s brings the TPP the error and its state, also before the log-in',
    async (decision, status, error, words) => {
      const visit = await PsuVisit.begun();
      expect(await serviceOf(visit).decide(visit.sends('consent', { decision }))).toEqual({
        kind: 'redirect',
        to: `${CALLBACK}?error=${error}&error_description=${words}&state=the-state`,
      });
      expect(visit.authorizations.held.status).toBe(status);
    },
  );

  it.each([undefined, 'sell', ['approve', 'refuse']])('treats %j as no decision', async (decision) => {
    const visit = await loggedIn();
    const form = { decision, account: CURRENT.iban };
    expect(await serviceOf(visit).decide(visit.sends('consent', form))).toMatchObject({
      kind: 'page',
      page: { name: 'consent', fault: null },
    });
    expect(visit.authorizations.held.status).toBe('pending');
  });
});

describe('a decision that another one has overtaken', () => {
  it.each(DECISIONS)('%s says that the request is answered, and brings nothing back', async (decision) => {
    const visit = await loggedIn();
    const { authorizations } = visit;
    // The other decision falls between this one's look at the authorization and its own write.
    for (const write of DECISIONS) {
      jest.spyOn(authorizations, write).mockImplementationOnce(() => {
        authorizations.held = { ...authorizations.held, status: 'approved' };
        return Promise.resolve(write === 'approve' ? null : false) as never;
      });
    }
    const answer = await serviceOf(visit).decide(visit.sends('consent', { decision, account: CURRENT.iban }));
    expect(answer).toMatchObject({ status: 410, page: { name: 'dead-end', reason: 'used_link' } });
  });
});

describe('a decision that is sent twice', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  const send = (visit: PsuVisit, decision: string, cookie = visit.cookie): Promise<Answer> =>
    serviceOf(visit).decide({ ...visit.sends('consent', { decision, account: CURRENT.iban }), cookie });

  it.each(DECISIONS)('redirects the browser to the same address both times: %s', async (decision) => {
    const visit = await loggedIn();
    const first = await send(visit, decision);
    expect(first).toMatchObject({ kind: 'redirect', to: expect.stringContaining(CALLBACK) });
    expect(await send(visit, decision)).toEqual(first);
  });

  it('is not repeated as another one', async () => {
    const visit = await loggedIn();
    await send(visit, 'approve');
    expect(await send(visit, 'refuse')).toMatchObject({ status: 410, page: { reason: 'used_link' } });
  });

  it('is not repeated without the token of the form', async () => {
    const visit = await loggedIn();
    await send(visit, 'approve');
    const form = { decision: 'approve', account: CURRENT.iban };
    expect(await serviceOf(visit).decide(visit.asks('consent', { form }))).toMatchObject({ status: 403 });
  });

  it('redirects to the TPP also when it cannot be stored', async () => {
    const visit = await loggedIn();
    const service = serviceOf(visit);
    jest.spyOn(visit.sessions, 'storeAnswer').mockRejectedValueOnce(new Error('The database is away'));
    const form = { decision: 'approve', account: CURRENT.iban };
    expect(await service.decide(visit.sends('consent', form))).toMatchObject({ kind: 'redirect' });
  });
});
