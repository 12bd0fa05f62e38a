import { Secret } from '@consent-hub/psd2-protocol';
import { readVisitCookie, visitCookie } from './visit-cookie.js';

describe('the cookie of a visit', () => {
  const cookie = { key: new Secret('the-Key_1'), appToken: new Secret('the-Token_2') };

  it('is for the server and for the pages of its visit only', () => {
    const [value, ...attributes] = visitCookie(cookie, '/belfius/authorize/1').split('; ');
    expect(value).toBe('psu_visit=the-Key_1.the-Token_2');
    expect(attributes).toEqual(['Path=/belfius/authorize/1', 'HttpOnly', 'SameSite=Lax']);
  });

  it.each([
    'psu_visit=the-Key_1.the-Token_2',
    'a=b; psu_visit=the-Key_1.the-Token_2; c=d',
    'a=b;psu_visit=the-Key_1.the-Token_2',
  ])('is read out of %j', (header) => {
    const read = readVisitCookie(header);
    expect(read?.key.reveal()).toBe('the-Key_1');
    expect(read?.appToken.reveal()).toBe('the-Token_2');
  });

  it.each([
    undefined,
    '',
    'psu_visit=',
    'psu_visit=key',
    'psu_visit=a.b.c',
    'other_psu_visit=a.b',
    'psu_visit=a .b',
    'psu_visit=ä.b',
  ])('is not read out of %j', (header) => {
    expect(readVisitCookie(header)).toBeNull();
  });
});
