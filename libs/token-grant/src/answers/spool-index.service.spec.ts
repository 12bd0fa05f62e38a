import { randomUUID } from 'node:crypto';
import { AnswerTable, consentKey } from './answer-table.js';
import { SpoolIndex } from './spool-index.service.js';

/** The first that does not fit in a table of this size: the worst case. */
const MANY = 2 ** 17 + 1;

const spent = (consentId: string, expectedGeneration: number) => ({ consentId, expectedGeneration });

describe('the index of the spool', () => {
  it('finds the lines with answers for a token pair and for those after it', () => {
    const index = new SpoolIndex();
    const [one, other] = [randomUUID(), randomUUID()];
    const lines = [
      { offset: 0, length: 9, requests: [spent(one, 1), spent(other, 1)] },
      { offset: 10, length: 19, requests: [spent(one, 2), spent(one, 3)] },
    ];
    index.note('a', { begin: 0, end: 30, lines });
    index.note('b', { begin: 0, end: 5, lines: [{ offset: 0, length: 4, requests: [spent(one, 4)] }] });
    const second = { file: 'a', offset: 10, length: 19 };
    const later = { file: 'b', offset: 0, length: 4 };
    expect(index.places(spent(one, 2))).toEqual([second, later]);
    expect(index.places(spent(one, 1))).toHaveLength(3);
    expect(index.places(spent(other, 2))).toEqual([]);
    expect([4, 5].map((generation) => index.has(spent(one, generation)))).toEqual([true, false]);
    expect(index.has(spent(randomUUID(), 0))).toBe(false);
  });

  it('takes a line once, although its file is read several times and in different pieces', () => {
    const index = new SpoolIndex();
    const id = randomUUID();
    const line = (offset: number) => ({ offset, length: 9, requests: [spent(id, offset)] });
    index.note('a', { begin: 0, end: 20, lines: [line(0), line(10)] });
    index.note('a', { begin: 10, end: 30, lines: [line(10), line(20)] });
    index.note('a', { begin: 0, end: 30, lines: [line(0), line(10), line(20)] });
    expect(index.places(spent(id, 0)).map(({ offset }) => offset)).toEqual([20, 10, 0]);
  });

  it('leaves out what does not follow on what it knows, to be read from there', () => {
    const index = new SpoolIndex();
    const id = randomUUID();
    index.note('a', { begin: 10, end: 20, lines: [{ offset: 10, length: 9, requests: [spent(id, 1)] }] });
    expect(index.endOf('a')).toBe(0);
    expect(index.has(spent(id, 1))).toBe(false);
  });

  it('forgets a file that is gone, and none else', () => {
    const index = new SpoolIndex();
    const ids = [randomUUID(), randomUUID()] as const;
    for (const [n, id] of ids.entries())
      index.note(`file-${n}`, {
        begin: 0,
        end: 9,
        lines: [{ offset: 0, length: 8, requests: [spent(id, 1)] }],
      });
    index.retain(new Set(['file-1', null]));
    expect(ids.map((id) => index.has(spent(id, 1)))).toEqual([false, true]);
    expect(index.endOf('file-0')).toBe(0);
  });

  it('needs at most fifty bytes an answer, and finds every one', () => {
    const table = new AnswerTable();
    for (let n = 0; n < MANY; n++) table.add(consentKey(`consent-${n}`), 7, n);
    const columns = Object.values(table).filter((value) => ArrayBuffer.isView(value));
    const bytes = columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(bytes / MANY).toBeGreaterThan(20);
    expect(bytes / MANY).toBeLessThan(50);
    let found = 0;
    for (let n = 0; n < MANY; n++) if (table.lines(consentKey(`consent-${n}`), 7)[0] === n) found++;
    expect(found).toBe(MANY);
    expect(table.has(consentKey('consent-1'), 8)).toBe(false);
  });
});
