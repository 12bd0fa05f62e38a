import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { isUndecoded, MAX_ANSWER_BYTES, rereadText, textOf } from './answer-text.js';

const TEXT = '{"access_token":"at-1","refresh_token":"rt-1","note":"é"}';
const BYTES = Buffer.from(TEXT);
const GZIPPED = gzipSync(BYTES);

describe('the text of an answer', () => {
  it.each<[string, Buffer, string | undefined]>([
    ['nothing', BYTES, undefined],
    ['identity', BYTES, 'identity'],
    ['gzip', GZIPPED, 'gzip'],
    ['gzip by its old name', GZIPPED, 'X-GZIP'],
    ['deflate', deflateSync(BYTES), 'deflate'],
    ['deflate without its frame', deflateRawSync(BYTES), 'deflate'],
    ['br', brotliCompressSync(BYTES), 'br'],
    ['two codings, in the order in which they were applied', brotliCompressSync(GZIPPED), 'gzip, br'],
    ['a header that names nothing', BYTES, ' , '],
    ['a header that a proxy left when it decoded the body', BYTES, 'gzip'],
    ['a body that a proxy left when it removed the header', GZIPPED, undefined],
    ['a checksum that is missing', GZIPPED.subarray(0, -8), 'gzip'],
    ['padding after the end', Buffer.concat([GZIPPED, Buffer.alloc(4)]), 'gzip'],
  ])('is decoded from %s', (_what, bytes, encoding) => {
    expect(textOf(bytes, encoding)).toBe(TEXT);
  });

  it('is there as far as a compressed answer came before it broke off', () => {
    const long = gzipSync(TEXT + 'x'.repeat(50_000), { level: 0 });

    expect(textOf(long.subarray(0, 30_000), 'gzip')).toContain(TEXT);
  });

  it.each(['', 'gzip', 'br'])('is empty when nothing came under Content-Encoding %j', (encoding) => {
    expect(textOf(Buffer.alloc(0), encoding)).toBe('');
  });

  const damaged = Buffer.from(GZIPPED);
  damaged.fill(0xff, 12, 20);
  it.each<[string, Buffer, string]>([
    ['an unknown coding', GZIPPED, 'zstd'],
    ['the name of something else', GZIPPED, 'constructor'],
    ['a damaged stream', damaged, 'gzip'],
    ['another coding than it has', GZIPPED, 'deflate'],
    ['more than the limit', gzipSync(Buffer.alloc(MAX_ANSWER_BYTES + 1)), 'gzip'],
    ['a colon in its name', GZIPPED, 'a:b'],
  ])('holds every byte when it cannot be decoded: %s', (_what, bytes, encoding) => {
    const text = textOf(bytes, encoding);

    expect(isUndecoded(text)).toBe(true);
    expect(Buffer.from(text.split(':')[2] ?? '', 'base64')).toEqual(bytes);
    expect(rereadText(text)).toBe(text);
  });

  it('is decoded later, by a version that knows the coding', () => {
    expect(rereadText(`undecoded:gzip:${GZIPPED.toString('base64')}`)).toBe(TEXT);
    expect(rereadText(TEXT)).toBe(TEXT);
  });

  it('takes as much as the limit allows', () => {
    expect(textOf(gzipSync(Buffer.alloc(MAX_ANSWER_BYTES, 'x')), 'gzip')).toHaveLength(MAX_ANSWER_BYTES);
  });

  it('replaces no character that is not UTF-8', () => {
    const latin1 = Buffer.from('{"access_token":"at-1","note":"é"}', 'latin1');

    expect(Buffer.from(textOf(latin1), 'latin1')).toEqual(latin1);
  });
});
