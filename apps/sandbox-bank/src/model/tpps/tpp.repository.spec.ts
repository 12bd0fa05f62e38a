import { isRedirectUri } from './tpp.repository.js';

describe('a redirect URI', () => {
  it.each([
    'https://tpp.example/cb',
    'https://tpp.example/cb?flow=1',
    'http://127.0.0.1:3000/callback/belfius',
    'be.tpp.app:/cb',
  ])('may be %s', (uri) => expect(isRedirectUri(uri)).toBe(true));

  it.each([
    ['relative', '/cb'],
    ['with a fragment', 'https://tpp.example/cb#x'],
    ['with a space', 'https://tpp.example/c b'],
    ['with a line break', 'https://tpp.example/cb\r\nX: y'],
    ['without a host', 'https://'],
    ['a script', 'javascript:alert(1)'],
    ['a document', 'DATA:text/html,x'],
    ['empty', ''],
  ])('is not %s', (_what, uri) => expect(isRedirectUri(uri)).toBe(false));
});
