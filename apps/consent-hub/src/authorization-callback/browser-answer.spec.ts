import { createHash } from 'node:crypto';
import { CONSENT_STATES, type ConsentEntity } from '@consent-hub/consent';
import { PageBrand } from '@consent-hub/platform';
import { BrowserAnswers } from './browser-answer.js';
import { MESSAGES, type Message } from './page-message.js';
import { PAGE_TEXTS, WAY_ON } from './page-texts.js';
import { deadEndOf } from './return-outcome.js';

const answers = new BrowserAnswers(new PageBrand());
const answerOf = answers.of.bind(answers);
const pageAnswer = answers.page.bind(answers);

const ID = '01920000-0000-7000-8000-000000000001';
const consent = (fields: Partial<ConsentEntity>): ConsentEntity =>
  ({
    id: ID,
    state: 'active',
    stateReason: null,
    returnUrl: null,
    language: null,
    scope: 'AIS',
    activatedAt: null,
    ...fields,
  }) as ConsentEntity;
const taken = (fields: Partial<ConsentEntity>) => ({ kind: 'taken', consent: consent(fields) }) as const;
const isPage = (body: string | undefined, message: Message, language: 'fr' | 'nl' | 'en'): boolean =>
  body?.includes(`<h1>${PAGE_TEXTS[language][message].title}</h1>`) === true;

describe('the way back to the application', () => {
  const back = (returnUrl: string, fields: Partial<ConsentEntity> = {}) =>
    answerOf(taken({ returnUrl, ...fields }), undefined);

  it('carries the consent and its state', () => {
    expect(back('https://app.example/done')).toMatchObject({
      status: 303,
      headers: { location: `https://app.example/done?consent_id=${ID}&consent_state=active` },
    });
  });

  it('carries the reason of a failure', () => {
    const { headers } = back('https://app.example/done', { state: 'rejected', stateReason: 'psu_refused' });
    expect(headers['location']).toBe(
      `https://app.example/done?consent_id=${ID}&consent_state=rejected&reason=psu_refused`,
    );
  });

  it('says that an exchange is still under way', () => {
    const { headers } = back('https://app.example/done', { state: 'authorized' });
    expect(headers['location']).toMatch(/consent_state=authorized$/);
  });

  it.each([
    ['https://app.example/done?a=1%20b&c', 'https://app.example/done?a=1%20b&c&consent_id='],
    ['https://app.example/done?', 'https://app.example/done?consent_id='],
    ['https://app.example/done?a=1&', 'https://app.example/done?a=1&consent_id='],
  ])('leaves the query of %s as it is', (returnUrl, beginning) => {
    expect(back(returnUrl).headers['location']?.startsWith(beginning)).toBe(true);
  });

  it('does not send to the application the address that the PSU came to', () => {
    const { headers } = back('https://app.example/done');
    expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  });
});

describe('the page of a consent without a return URL', () => {
  it.each([
    ['completed', { state: 'active' }],
    ['completed', { state: 'refreshed' }],
    ['in_progress', { state: 'authorized' }],
    ['refused', { state: 'rejected', stateReason: 'psu_refused' }],
    ['failed', { state: 'rejected', stateReason: 'authorization_failed' }],
    ['failed', { state: 'failed', stateReason: 'code_refused' }],
    ['payment_signed', { scope: 'PIS', state: 'active' }],
    ['payment_in_progress', { scope: 'PIS', state: 'authorized' }],
    ['payment_refused', { scope: 'PIS', state: 'rejected', stateReason: 'psu_refused' }],
    ['payment_failed', { scope: 'PIS', state: 'failed', stateReason: 'code_refused' }],
  ] as const)('says %s for %j', (message, fields) => {
    const answer = answerOf(taken(fields), 'en');
    expect(answer.status).toBe(200);
    expect(isPage(answer.body, message, 'en')).toBe(true);
  });

  it('does not say that a consent works which ended after it had worked', () => {
    const answer = answerOf(taken({ state: 'revoked', activatedAt: new Date() }), 'en');
    expect(answer.status).toBe(409);
    expect(isPage(answer.body, 'used', 'en')).toBe(true);
  });

  it("uses the consent's language, not the one that the browser prefers", () => {
    expect(isPage(answerOf(taken({ language: 'nl' }), 'fr').body, 'completed', 'nl')).toBe(true);
  });

  it("speaks the browser's language when the consent names none", () => {
    expect(isPage(answerOf(taken({}), 'fr-BE').body, 'completed', 'fr')).toBe(true);
  });
});

describe('the answer to a later authentication', () => {
  it.each([
    [true, 'confirmed'],
    [false, 'failed'],
  ] as const)('when it brought a token (%s) says %s, on a page or to the application', (isConfirmed, sca) => {
    const live = { state: 'active', activatedAt: new Date() } as const;
    const page = answerOf({ kind: 'sca', isConfirmed, consent: consent(live) }, 'nl');
    expect(page.status).toBe(200);
    expect(isPage(page.body, `sca_${sca}`, 'nl')).toBe(true);
    const returnUrl = 'https://app.example/?a=b';
    const back = answerOf({ kind: 'sca', isConfirmed, consent: consent({ ...live, returnUrl }) }, 'nl');
    expect(back.status).toBe(303);
    expect(back.headers['location']).toBe(`${returnUrl}&consent_id=${ID}&consent_state=active&sca=${sca}`);
  });
});

describe('a return that leads nowhere', () => {
  it.each([
    ['unknown', 404],
    ['used', 409],
    ['replaced', 410],
    ['expired', 410],
    ['browser_not_bound', 403],
  ] as const)('is explained: %s with %i', (kind, status) => {
    const outcome =
      kind === 'unknown' ? { kind } : { kind, consent: consent({ returnUrl: 'https://app.example/' }) };
    const answer = answerOf(outcome, 'nl');
    expect(answer.status).toBe(status);
    expect(isPage(answer.body, kind, 'nl')).toBe(true);
  });

  it.each(['replaced', 'expired'] as const)(
    'by a link that was %s has a button to the application',
    (kind) => {
      const ended = {
        state: 'expired',
        stateReason: 'replaced',
        returnUrl: 'https://app.example/?a="b',
      } as const;
      const { body } = answerOf({ kind, consent: consent(ended) }, 'nl');
      const href = `https://app.example/?a=&quot;b&amp;consent_id=${ID}&amp;consent_state=expired&amp;reason=replaced`;
      expect(body).toContain(`<a class="button" href="${href}">${WAY_ON.nl}</a>`);
      expect(answerOf({ kind, consent: consent({ ...ended, returnUrl: null }) }, 'nl').body).not.toContain(
        '<a ',
      );
    },
  );

  it.each(['used', 'browser_not_bound'] as const)(
    'in a browser that the consent is not tied to has no button to the application: %s',
    (kind) => {
      const outcome = { kind, consent: consent({ returnUrl: 'https://app.example/' }) };
      expect(answerOf(outcome, 'nl').body).not.toContain('app.example');
    },
  );

  it.each(CONSENT_STATES.filter((state) => !['initiated', 'expired'].includes(state)))(
    'was used when the consent is %s',
    (state) => expect(deadEndOf({ state, stateReason: null })).toBe('used'),
  );

  it.each([
    ['replaced', 'replaced'],
    ['link_timeout', 'expired'],
    ['withdrawn_by_tpp', 'expired'],
    ['validity_ended', 'used'],
  ] as const)('of a consent that expired by %s is %s', (stateReason, end) => {
    expect(deadEndOf({ state: 'expired', stateReason })).toBe(end);
  });
});

describe('every page', () => {
  const all = MESSAGES.flatMap((message) =>
    (['fr', 'nl', 'en', 'de'] as const).map((language) => ({ message, language })),
  );

  it.each(all)('has its own words: $message in $language', ({ message, language }) => {
    const { title, text } = PAGE_TEXTS[language][message];
    expect(title).not.toBe('');
    expect(pageAnswer(200, message, language).body).toContain(`<p>${text}</p>`);
    const others = MESSAGES.filter((other) => other !== message).map(
      (other) => PAGE_TEXTS[language][other].title,
    );
    expect(others).not.toContain(title);
  });

  it.each(['refused', 'payment_refused'] as const)(
    'shows no sign of a failure when the PSU decided so: %s',
    (message) => {
      expect(pageAnswer(200, message, 'de').body).toContain('<main class="none">');
      expect(pageAnswer(200, 'failed', 'de').body).toContain('<main class="bad">');
    },
  );

  it('names the consent for support, to the browser that may know it alone', () => {
    expect(answerOf(taken({}), 'en').body).toContain(`Reference for support: ${ID}`);
    expect(answerOf({ kind: 'browser_not_bound', consent: consent({}) }, 'en').body).not.toContain(ID);
  });

  it('shows name, logo and colour of the provider, and allows them', () => {
    const logo = { type: 'image/png', content: Buffer.from('') } as const;
    const accent = { colour: '#0b5fff', ink: '#ffffff' };
    const branded = new BrowserAnswers(new PageBrand('Kompas', accent, logo, '/hub'));
    const { body = '', headers } = branded.page(200, 'completed', 'nl');
    expect(body).toContain('<title>Gelukt – Kompas</title>');
    expect(body).toContain('<img src="/hub/my/logo" alt="Kompas"/>');
    expect(body).toContain('--accent: #0b5fff');
    expect(headers['content-security-policy']).toContain("img-src 'self'");
    expect(new BrowserAnswers(new PageBrand('Kompas')).page(200, 'completed', 'nl').body).toContain(
      '<header class="brand"><span>Kompas</span></header>',
    );
  });

  it('runs no script, loads nothing, and shows the one style that its policy allows', () => {
    const { body = '', headers } = pageAnswer(200, 'completed', 'fr');
    const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(body).not.toMatch(/<script|<img|<link| style=| on\w+=/i);
  });
});
