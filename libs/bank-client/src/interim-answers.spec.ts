import { InterimAnswers } from './interim-answers.js';

const FINAL = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const EARLY = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n';

/** What a reader gets of an answer that comes in these pieces. */
function read(pieces: readonly string[]): string {
  const filter = new InterimAnswers();
  filter.expect();
  return pieces.map((piece) => filter.take(Buffer.from(piece, 'latin1')).toString('latin1')).join('');
}

describe('interim answers', () => {
  it.each([
    ['none', FINAL],
    ['100', CONTINUE + FINAL],
    ['103 with headers', EARLY + FINAL],
    ['several', CONTINUE + EARLY + 'HTTP/1.0 102 Processing\r\n\r\n' + CONTINUE + FINAL],
    ['one without a reason', 'HTTP/1.1 199\r\n\r\n' + FINAL],
  ])('are removed, at every point where the network splits them: %s', (_what, answer) => {
    expect(read([answer])).toBe(FINAL);
    expect(read([...answer])).toBe(FINAL);
    for (let at = 1; at < answer.length; at++)
      expect(read([answer.slice(0, at), answer.slice(at)])).toBe(FINAL);
  });

  it.each([
    ['another status', 'HTTP/1.1 503 Service Unavailable\r\n\r\n'],
    ['the end of HTTP', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['no HTTP', 'anything at all\r\n\r\n'],
    ['another version', 'HTTP/2.0 100 Continue\r\n\r\n'],
  ])('are nothing else: %s', (_what, bytes) => {
    expect(read([bytes])).toBe(bytes);
  });

  it('are not searched within an answer', () => {
    const body = 'HTTP/1.1 200 OK\r\n\r\n';

    expect(read([body, CONTINUE, FINAL])).toBe(body + CONTINUE + FINAL);
  });

  it('are removed from the next answer as well', () => {
    const filter = new InterimAnswers();
    for (const answer of [CONTINUE + FINAL, FINAL, EARLY + FINAL]) {
      filter.expect();
      filter.expect();
      expect(filter.take(Buffer.from(answer)).toString()).toBe(FINAL);
    }
  });

  it('are handed on when they have no end', () => {
    const endless = 'HTTP/1.1 100 Continue\r\nX: ' + 'x'.repeat(1024 * 1024);

    expect(read([endless])).toBe(endless);
  });
});
