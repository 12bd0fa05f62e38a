import { firstHalf, withoutField, withString } from './altered-answers.js';

describe('an altered answer', () => {
  it.each(['{}', '[]', '{"a":1}', '[{"a":"}"}]', '[[],[]]'])(
    'is no JSON where the first half of %s is',
    (text) => {
      expect(() => JSON.parse(firstHalf(text)) as unknown).toThrow(SyntaxError);
      expect(text.startsWith(firstHalf(text))).toBe(true);
    },
  );

  it.each([
    ['an object', { a: 1, b: 2 }, { b: 2 }],
    ['each of a list', [{ a: 1, b: 2 }, { a: 3 }], [{ b: 2 }, {}]],
    ['nothing', [], []],
  ])('lacks the first field of %s', (_what, body, altered) => {
    expect(JSON.parse(withoutField(null)(JSON.stringify(body)))).toEqual(altered);
  });

  it.each([
    ['at the top', { a: 1, b: 2 }, { a: 1 }],
    ['deep inside', { a: [{ b: { c: 1 }, d: 1 }] }, { a: [{ d: 1 }] }],
    ['nowhere', { a: null, c: 'b' }, { a: null, c: 'b' }],
  ])('lacks the named field %s', (_where, body, altered) => {
    expect(JSON.parse(withoutField('b')(JSON.stringify(body)))).toEqual(altered);
  });

  it.each([
    [
      { a: 1, expires_in: 3600 },
      { a: 1, expires_in: '3600' },
    ],
    [{ expires_in: '900' }, { expires_in: '900' }],
    [[], []],
  ])('of %j has its number as a string', (body, altered) => {
    expect(JSON.parse(withString('expires_in')(JSON.stringify(body)))).toEqual(altered);
  });
});
