import { contentSecurityPolicy } from './answer.interceptor.js';
import { codePage, deadEndPage } from '../../testing/sample-pages.harness.js';

const formAction = (redirectUri: string): string | undefined =>
  /form-action ([^;]*)/.exec(contentSecurityPolicy(codePage({ frame: { redirectUri } })))?.[1];

describe('the content security policy', () => {
  it('allows no script, no foreign style and no frame around the page', () => {
    const policy = contentSecurityPolicy(codePage());
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).not.toMatch(/unsafe|script-src|\*/);
  });

  it.each([
    ['a TPP on https', 'https://tpp.example/cb?flow=1', "'self' https://tpp.example https:"],
    [
      'a TPP in development',
      'http://127.0.0.1:3000/callback/belfius',
      "'self' http://127.0.0.1:3000 https: http:",
    ],
    ['an app on a phone', 'com.example.app:/callback', "'self' com.example.app: https:"],
  ])('allows a form to end at the callback of %s', (_whose, redirectUri, sources) => {
    expect(formAction(redirectUri)).toBe(sources);
  });

  it('allows no form on a page that has none', () => {
    expect(contentSecurityPolicy(deadEndPage())).toContain("form-action 'none'");
  });
});
