import { APP_TOKEN, PsuVisit, SETTINGS } from '../../testing/psu-visit.harness.js';
import { ASSUMED } from '../model/settings/assumptions.js';
import { BankSettings } from '../model/settings/bank.settings.js';
import type { Answer, DeadEndPage } from './page.js';
import { LaunchService, type LaunchRequest } from './launch.service.js';
import { UI_LANGUAGES } from './ui-language.js';

const TOKEN = APP_TOKEN.reveal();
const LINK = { appkey: 'PSD2_AIS', apptoken: TOKEN, state: 'a b/c+d' };

describe('opening the bank’s link', () => {
  let visit: PsuVisit;
  let service: LaunchService;
  beforeEach(async () => {
    visit = await PsuVisit.begun();
    service = new LaunchService(visit.authorizations, visit.sessions, SETTINGS);
  });

  const launch = (changes: Partial<LaunchRequest> = {}): Promise<Answer> =>
    service.launch({ brand: 'belfius', language: 'fr', query: LINK, acceptLanguage: undefined, ...changes });

  const openedStates = (): (string | null)[] =>
    visit.sessions.opened.slice(1).map(({ session }) => session.callbackState);

  it('begins a session that stores the state, and redirects the browser without the token', async () => {
    const answer = await launch();
    expect(answer).toMatchObject({
      kind: 'opened',
      to: '/belfius/authorize/0198c3a0-0000-7000-8000-000000000101/fr/log-in',
      path: '/belfius/authorize/0198c3a0-0000-7000-8000-000000000101',
    });
    expect(openedStates()).toEqual(['a b/c+d']);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
  ])('works when the state is %s', async (_how, state) => {
    expect(await launch({ query: { ...LINK, state } })).toMatchObject({ kind: 'opened' });
    expect(openedStates()).toEqual([null]);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
  ])('is refused where the bank requires a state and it is %s', async (_how, state) => {
    const strict = new BankSettings(SETTINGS.lives, { assumptions: { ...ASSUMED, state: 'required' } });
    service = new LaunchService(visit.authorizations, visit.sessions, strict);
    expect(await launch({ query: { ...LINK, state } })).toMatchObject({
      kind: 'page',
      status: 400,
      page: { name: 'dead-end', reason: 'stateless_link' },
    });
    expect(openedStates()).toEqual([]);
    expect(await launch()).toMatchObject({ kind: 'opened' });
  });

  it('shows English to a developer who asks for it', async () => {
    expect(await launch({ query: { ...LINK, ui: 'en' } })).toMatchObject({
      to: expect.stringMatching(/\/en\/log-in$/),
    });
  });

  it.each<[string, Partial<LaunchRequest>, string, number]>([
    ['an unknown token', { query: { ...LINK, apptoken: 'invented' } }, 'unknown_link', 404],
    ['the address of the other brand', { brand: 'banx' }, 'other_brand', 404],
    ['the address of no brand', { brand: 'otherbank' }, 'unknown_address', 404],
    ['a language the bank does not speak', { language: 'en' }, 'unsupported_language', 404],
    ['no token', { query: { state: 'x' } }, 'incomplete_link', 400],
    ['an empty token', { query: { ...LINK, apptoken: '' } }, 'incomplete_link', 400],
    ['two tokens', { query: { ...LINK, apptoken: [TOKEN, TOKEN] } }, 'malformed_link', 400],
    ['two states', { query: { ...LINK, state: ['a', 'b'] } }, 'malformed_link', 400],
    ['a state with a control character', { query: { ...LINK, state: 'a\0b' } }, 'malformed_link', 400],
    ['a state without end', { query: { ...LINK, state: 'x'.repeat(2049) } }, 'malformed_link', 400],
  ])('answers %s with a page of its own, and begins nothing', async (_what, changes, reason, status) => {
    expect(await launch(changes)).toMatchObject({ kind: 'page', status, page: { name: 'dead-end', reason } });
    expect(openedStates()).toEqual([]);
  });

  it.each([
    ['used', { status: 'approved' as const }, 'used_link'],
    ['expired', { expired: true }, 'expired_link'],
  ])('says when the link is %s, and begins nothing', async (_how, changes, reason) => {
    visit.authorizations.held = { ...visit.authorizations.held, ...changes };
    expect(await launch()).toMatchObject({ kind: 'page', status: 410, page: { reason } });
    expect(openedStates()).toEqual([]);
  });

  describe('a page that is a dead end', () => {
    const deadEndOf = async (changes: Partial<LaunchRequest>): Promise<DeadEndPage> => {
      const answer = await launch(changes);
      if (answer.kind !== 'page' || answer.page.name !== 'dead-end') throw new Error('No dead end');
      return answer.page;
    };

    it('has language links to the same link', async () => {
      const { frame } = await deadEndOf({ language: 'de', query: { ...LINK, ui: 'xx' } });
      for (const language of UI_LANGUAGES) {
        const link = new URL(frame.languageLinks[language], 'http://bank.example');
        const [, brand, , inPath] = link.pathname.split('/');
        expect(
          await launch({
            brand: brand ?? '',
            language: inPath ?? '',
            query: Object.fromEntries(link.searchParams),
          }),
        ).toMatchObject({ kind: 'opened', to: expect.stringContaining(`/${language}/`) });
      }
      expect(openedStates()).toEqual([LINK.state, LINK.state, LINK.state]);
    });

    it.each([
      [
        'the address',
        { query: { ...LINK, apptoken: 'invented' }, language: 'nl', acceptLanguage: 'fr' },
        'nl',
      ],
      [
        'the browser, where the address says nothing',
        { language: 'de', acceptLanguage: 'de-DE,nl;q=0.8' },
        'nl',
      ],
      ['the developers', { language: 'de' }, 'en'],
    ])('is in the language of %s', async (_whom, changes, language) => {
      expect((await deadEndOf(changes)).frame.language).toBe(language);
    });
  });
});
