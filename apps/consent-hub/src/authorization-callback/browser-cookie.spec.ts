import { hashOfBrowserKey } from '@consent-hub/consent';
import { Secret } from '@consent-hub/psd2-protocol';
import { browserCookie, isFromItsBrowser } from './browser-cookie.js';

const ID = '01920000-0000-7000-8000-000000000001';
const OTHER = '01920000-0000-7000-8000-000000000002';
const KEY = new Secret('key-of-this-browser');
const bound = { id: ID, browserKeyHash: hashOfBrowserKey(KEY) };

describe('the cookie of a browser', () => {
  it('comes back to this host alone, over TLS, out of reach of scripts', () => {
    expect(browserCookie(ID, KEY, true)).toBe(
      `__Host-consent-${ID}=key-of-this-browser; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure`,
    );
  });

  it('asks for no TLS where the hub is reached without', () => {
    expect(browserCookie(ID, KEY, false)).toBe(
      `consent-${ID}=key-of-this-browser; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax`,
    );
  });
});

describe('a return', () => {
  it.each([
    ['alone', `__Host-consent-${ID}=key-of-this-browser`],
    ['among others', `a=b; __Host-consent-${OTHER}=another; __Host-consent-${ID}=key-of-this-browser; c`],
  ])('is of its browser with the right cookie %s', (_where, cookies) => {
    expect(isFromItsBrowser(bound, cookies, true)).toBe(true);
  });

  it.each([
    ['no cookie', undefined],
    ['an empty one', `__Host-consent-${ID}=`],
    ['another key', `__Host-consent-${ID}=another-key`],
    ['the key of another consent', `__Host-consent-${OTHER}=key-of-this-browser`],
    ['a cookie that another host of the domain could have planted', `consent-${ID}=key-of-this-browser`],
    ['the key in the value of another cookie', `a=__Host-consent-${ID}=key-of-this-browser`],
  ])('is of another browser with %s', (_what, cookies) => {
    expect(isFromItsBrowser(bound, cookies, true)).toBe(false);
  });

  it('may come from any browser where the consent is tied to none', () => {
    expect(isFromItsBrowser({ id: ID, browserKeyHash: null }, undefined, true)).toBe(true);
  });
});
