import { isReturnUrl } from './return-url.js';

describe('a return URL', () => {
  it.each([
    'https://app.example.com/done',
    'https://app.example.com',
    'https://app.example.com:8443/done?session=42&x=%20',
    'HTTPS://APP.EXAMPLE.COM/',
    'https://bücher.example/',
    'http://localhost/done',
    'http://localhost:3000/done',
    'http://127.0.0.1:3000/',
    'http://[::1]:3000/',
    `https://app.example.com/${'x'.repeat(2048 - 'https://app.example.com/'.length)}`,
  ])('may be %s', (url) => {
    expect(isReturnUrl(url)).toBe(true);
  });

  it.each([
    ['not TLS', 'http://app.example.com/done'],
    ['a host that only begins like the own machine', 'http://localhost.example.com/'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/html,x'],
    ['an app link', 'myapp://done'],
    ['relative', '/done'],
    ['without a scheme', '//app.example.com/done'],
    ['without slashes', 'https:app.example.com'],
    ['with a fragment', 'https://app.example.com/done#top'],
    ['with an empty fragment', 'https://app.example.com/done#'],
    ['with credentials', 'https://user:secret@app.example.com/'],
    ['with a user name', 'https://user@app.example.com/'],
    ['with a line break', 'https://app.example.com/\r\nSet-Cookie: x=1'],
    ['with a space at the end', 'https://app.example.com/ '],
    ['with a backslash', 'https://app.example.com\\@evil.example/'],
    ['without a host', 'https://'],
    ['too long', `https://app.example.com/${'x'.repeat(2049 - 'https://app.example.com/'.length)}`],
    ['empty', ''],
    ['no text', 42],
    ['a list', ['https://app.example.com/']],
  ])('is refused when it is %s', (_fault, url) => {
    expect(isReturnUrl(url)).toBe(false);
  });
});
