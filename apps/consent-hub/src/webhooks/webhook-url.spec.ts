import { faultOfUrl } from './webhook-url.js';

const HOSTILE: Readonly<Record<string, RegExp>> = {
  '': /blanks/,
  'receiver.example/hook': /cannot be read/,
  'https://': /cannot be read/,
  'https://[::1/': /cannot be read/,
  'https://receiver.example:65536/': /cannot be read/,
  'http://receiver.example/hook': /https/,
  'ftp://receiver.example/': /https/,
  'file:///etc/passwd': /https/,
  'javascript:alert(1)': /https/,
  'gopher://receiver.example/': /https/,
  'https://user@receiver.example/': /credentials/,
  'https://user:password@receiver.example/': /credentials/,
  'https://receiver.example@169.254.169.254/': /credentials/,
  'https://receiver.example/#part': /fragment/,
  'https://receiver.example/#': /fragment/,
  'https://receiver.example/a b': /blanks/,
  'https://receiver.example/\r\nHost: other': /blanks/,
  'https://ｒeceiver.example/': /blanks/,
  'https://0x7f.1/': /four decimal/,
  'https://0x7f000001/': /four decimal/,
  'https://2130706433/': /four decimal/,
  'https://0177.0.0.1/': /four decimal/,
  'https://127.1/': /four decimal/,
  'https://127.0.0.1./': /four decimal/,
  'https://%31%32%37.0.0.1/': /four decimal/,
  [`https://receiver.example/${'a'.repeat(2048)}`]: /longer/,
};

const rules = { allowsPrivate: false };

describe('the URL of a receiver', () => {
  it.each(Object.entries(HOSTILE))('is refused: %j', (url, fault) => {
    expect(faultOfUrl(url, rules)).toMatch(fault);
  });

  it.each([
    'https://receiver.example',
    'https://receiver.example:8443/hook?tenant=1',
    'HTTPS://Receiver.Example/Hook',
    'https://xn--bcher-kva.example/',
    'https://93.184.216.34/hook',
    'https://[2606:4700:4700::1111]:444/',
  ])('is taken: %s', (url) => {
    expect(faultOfUrl(url, rules)).toBeUndefined();
  });

  it('may be without TLS only where private networks may receive', () => {
    expect(faultOfUrl('http://127.0.0.1:8080/hook', { allowsPrivate: true })).toBeUndefined();
    expect(faultOfUrl('http://127.0.0.1:8080/hook', rules)).toMatch(/https/);
    expect(faultOfUrl('ftp://127.0.0.1/', { allowsPrivate: true })).toMatch(/https/);
  });
});
