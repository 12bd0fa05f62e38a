import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Secret } from '@consent-hub/psd2-protocol';
import fc from 'fast-check';
import { echoOf, retryAfterOf } from './answer-headers.js';
import { textOf } from './answer-text.js';
import { BankError } from './bank-error.js';
import { isErrorBody } from './code-words.js';
import { refusalOf } from './refusal.js';
import { holdsPair, readTokenAnswer } from './token-answer.js';

const REQUEST_ID = '3f0c2b0e-4f1c-4c55-9a53-6f1f3d1b7e11';
const PAIR = { access_token: 'at-1', refresh_token: 'rt-1', expires_in: 900 };

/** What comes as an answer: anything, and what is near to a good one. */
const pairs = fc.jsonValue().map((note) => JSON.stringify({ note, ...PAIR }));
const cut = fc.tuple(pairs, fc.nat(80)).map(([text, at]) => text.slice(0, at));
const texts = fc.oneof(pairs, cut, fc.json(), fc.string({ unit: 'binary' }));
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
  texts.map((text) => Buffer.from(text)),
  texts.map((text) => Buffer.from(text, 'utf16le')),
  texts.map((text) => gzipSync(text)),
  texts.map((text) => deflateSync(text).subarray(3)),
  texts.map((text) => brotliCompressSync(text)),
);
const headerText = fc.oneof(
  fc.string(),
  fc.constantFrom('gzip', 'br', 'deflate', 'gzip, br', REQUEST_ID, '7'),
);
const headers = fc.dictionary(
  fc.constantFrom('content-encoding', 'response-id', 'retry-after', 'date', 'content-type'),
  fc.oneof(headerText, fc.array(headerText, { maxLength: 3 })),
);

describe('every answer of the bank', () => {
  it('passes every step before it is stored without an exception', () => {
    fc.assert(
      fc.property(bytes, headers, fc.integer({ min: 200, max: 599 }), (body, given, status) => {
        const text = textOf(body, [given['content-encoding'] ?? []].flat().join(','));
        const all = given as Record<string, string>;
        echoOf(all, REQUEST_ID);
        retryAfterOf(all);
        isErrorBody(text);
        holdsPair(text);
        const answer = { status, headers: all, body: text };
        expect(refusalOf(answer, { requestId: REQUEST_ID, method: 'POST' })).toBeInstanceOf(BankError);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is read, or refused in the one way that says whether to store it', () => {
    fc.assert(
      fc.property(bytes, headerText, (body, encoding) => {
        try {
          expect(readTokenAnswer(new Secret(textOf(body, encoding))).accessToken.reveal()).not.toBe('');
        } catch (error) {
          expect(error).toMatchObject({
            code: 'unreadable_answer',
            context: { holdsPair: expect.any(Boolean) as boolean },
          });
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
