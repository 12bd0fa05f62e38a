import { requestIdOf } from './request-id.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the id of a request', () => {
  it.each(['a', 'order-17.retry_2', 'x'.repeat(64)])('is the one that the caller chose: %s', (id) => {
    expect(requestIdOf(id)).toBe(id);
  });

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['too long', 'x'.repeat(65)],
    ['breaking the log line', 'a\nb'],
    ['with a space', 'a b'],
    ['sent twice', 'a, b'],
    ['a list', ['a', 'b']],
  ])('is a new one when the given one is %s', (_fault, id) => {
    expect(requestIdOf(id)).toMatch(UUID);
  });
});
