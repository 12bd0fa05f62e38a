import { pausesOf } from './refresh-pauses.query.js';

const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));

describe('the pauses of refreshes', () => {
  it('go from each pause to the resumption of the same brand', () => {
    expect(
      pausesOf([
        { brand: 'belfius', isPause: true, at: at(1) },
        { brand: 'banx', isPause: true, at: at(2) },
        { brand: 'belfius', isPause: false, at: at(3) },
        { brand: 'banx', isPause: false, at: at(4) },
        { brand: 'belfius', isPause: true, at: at(5) },
        { brand: 'belfius', isPause: false, at: at(6) },
      ]),
    ).toEqual([
      { brand: 'belfius', from: at(1), to: at(3) },
      { brand: 'banx', from: at(2), to: at(4) },
      { brand: 'belfius', from: at(5), to: at(6) },
    ]);
  });

  it('began before where the resumption comes first, and last where it is missing', () => {
    expect(
      pausesOf([
        { brand: 'banx', isPause: false, at: at(1) },
        { brand: 'banx', isPause: true, at: at(2) },
        { brand: 'banx', isPause: true, at: at(3) },
      ]),
    ).toEqual([
      { brand: 'banx', from: null, to: at(1) },
      { brand: 'banx', from: at(2), to: null },
    ]);
  });
});
