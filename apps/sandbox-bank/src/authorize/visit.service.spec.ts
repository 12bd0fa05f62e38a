import { Secret } from '@consent-hub/psd2-protocol';
import { PsuVisit } from '../../testing/psu-visit.harness.js';
import { redirectTo, type Answer } from './page.js';
import type { VisitRequest } from './visit.service.js';

const WITHIN = redirectTo('/within');

describe('the check before every page', () => {
  const enter = (visit: PsuVisit, request: VisitRequest): Promise<Answer> =>
    visit.visits.within(request, () => Promise.resolve(WITHIN));

  const expectDeadEnd = (answer: Answer, reason: string, status: number): void =>
    expect(answer).toMatchObject({ kind: 'page', status, page: { name: 'dead-end', reason } });

  it('admits the browser that began the visit', async () => {
    const visit = await PsuVisit.begun();
    expect(await enter(visit, visit.asks('log-in'))).toBe(WITHIN);
  });

  it.each<[string, Partial<VisitRequest>]>([
    ['without a cookie', { cookie: null }],
    [
      'with another session’s key',
      { cookie: { key: new Secret('other'), appToken: new Secret('the-app-token') } },
    ],
    ['for another session', { sessionId: '0198c3a0-0000-7000-8000-00000000ffff' }],
    ['under the other brand', { brand: 'banx' }],
  ])('refuses a browser that comes %s', async (_how, changes) => {
    const visit = await PsuVisit.begun();
    expectDeadEnd(await enter(visit, visit.asks('log-in', changes)), 'session_missing', 403);
  });

  it('refuses a link other than the one that the session began with', async () => {
    const visit = await PsuVisit.begun();
    const cookie = { ...visit.cookie, appToken: new Secret('another-link') };
    expectDeadEnd(await enter(visit, visit.asks('log-in', { cookie })), 'session_missing', 403);
  });

  it.each([
    ['an unknown brand', { brand: 'otherbank' }],
    ['an unknown language', { language: 'de' }],
  ])('knows no page of %s', async (_what, changes) => {
    const visit = await PsuVisit.begun();
    expectDeadEnd(await enter(visit, visit.asks('log-in', changes)), 'unknown_address', 404);
  });

  it.each(['approved', 'refused', 'failed'] as const)(
    'says that an authorization has ended once it is %s',
    async (status) => {
      const visit = await PsuVisit.begun({ step: 'unknown' }, { status });
      expectDeadEnd(await enter(visit, visit.asks('consent')), 'used_link', 410);
    },
  );

  it('says that an authorization has expired', async () => {
    const visit = await PsuVisit.begun({ step: 'unknown' }, { expired: true });
    expectDeadEnd(await enter(visit, visit.asks('consent')), 'expired_link', 410);
  });

  it('accepts a form with the token of its own session', async () => {
    const visit = await PsuVisit.begun();
    expect(await enter(visit, visit.sends('log-in', {}))).toBe(WITHIN);
  });

  it.each([
    ['no token', {}],
    ['an invented token', { csrf: 'A'.repeat(43) }],
    ['two tokens', { csrf: ['A', 'B'] }],
  ])('refuses a form with %s', async (_what, form) => {
    const visit = await PsuVisit.begun();
    expectDeadEnd(await enter(visit, visit.asks('consent', { form })), 'foreign_form', 403);
  });

  it('refuses a form with the token of another session', async () => {
    const [visit, other] = [
      await PsuVisit.begun(),
      await PsuVisit.begun({ step: 'unknown' }, { id: 'another' }),
    ];
    const { form } = other.sends('consent', {});
    expectDeadEnd(await enter(visit, visit.asks('consent', { form })), 'foreign_form', 403);
  });
});
