import { randomUUID } from 'node:crypto';
import { OwnWrites } from './own-writes.js';
import type { RequestRecord } from '../request/reserved-request.js';

const request = (): RequestRecord => ({
  id: randomUUID(),
  consentId: randomUUID(),
  brand: 'belfius',
  grantType: 'refresh_token',
  expectedGeneration: 1,
  requestId: randomUUID(),
  sentAt: new Date(),
  owner: 'one',
  leaseEndsAt: new Date(),
  callerRequestId: null,
});

/** Nothing of any file has been read. */
const READ = new Map<string, number>();

describe('the answers of this process', () => {
  const flush = (own: OwnWrites, begin: number, requests: RequestRecord[], file = 'one.1') => {
    own.note({ file, begin, end: begin + 100, requests });
    return requests;
  };

  it('are settled up to the first that is not, although later ones were settled', () => {
    const own = new OwnWrites();
    const first = flush(own, 0, [request(), request()]);
    const second = flush(own, 100, [request(), request()]);
    const third = flush(own, 200, [request()]);
    for (const each of [...third, ...first, ...second.slice(1)]) own.settled(each);
    expect(own.take(READ)).toMatchObject({ file: 'one.1', begin: 0, end: 100, requests: first });
    const read = new Map([['one.1', 100]]);
    expect(own.take(read)).toBeNull();
    for (const each of second) own.settled(each);
    expect(own.take(read)).toMatchObject({ begin: 100, end: 300, requests: [...second, ...third] });
    expect(own.take(new Map([['one.1', 300]]))).toBeNull();
  });

  it('are not passed over while something before them is to be read, and forgotten once they have been read', () => {
    const own = new OwnWrites();
    const [stuck] = flush(own, 50, [request()]);
    const [settled] = flush(own, 150, [request()]);
    if (!stuck || !settled) throw new Error('nothing was flushed');
    own.settled(settled);
    expect(own.take(new Map([['one.1', 150]]))).toMatchObject({ begin: 150, end: 250, requests: [settled] });
    const [third] = flush(own, 250, [request()]);
    if (!third) throw new Error('nothing was flushed');
    own.settled(third);
    expect(own.take(new Map([['one.1', 200]]))).toBeNull();
    expect(own.take(new Map([['one.1', 250]]))).toMatchObject({ begin: 250, end: 350 });
  });

  it('count once, however often they are said to be settled', () => {
    const own = new OwnWrites();
    const [twice, never] = [request(), request()];
    flush(own, 0, [twice, never]);
    own.settled(twice);
    own.settled(twice);
    own.settled(request());
    expect(own.take(READ)).toBeNull();
  });

  it('are left to be read from the file that is written no more', () => {
    const own = new OwnWrites();
    const [lost] = flush(own, 0, [request()]);
    const [next] = flush(own, 0, [request()], 'one.2');
    if (!lost || !next) throw new Error('nothing was flushed');
    own.settled(lost);
    expect(own.take(READ)).toBeNull();
    own.settled(next);
    expect(own.take(READ)).toMatchObject({ file: 'one.2', begin: 0, end: 100, requests: [next] });
  });
});
