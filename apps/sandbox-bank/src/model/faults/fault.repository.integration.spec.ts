import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { FaultRepository, type FaultPlace, type FaultSetting } from './fault.repository.js';
import type { FaultName } from './faults.js';

const REFRESH: FaultPlace = { endpoints: ['*', '/token'], brand: 'belfius', grantType: 'refresh_token' };
const NAMES: FaultName[] = ['error_500', 'error_503', 'drop_before_rotate'];

describe('the fault repository', () => {
  let database: TestDatabase;
  /** Two processes of the bank. */
  let repositories: [FaultRepository, FaultRepository];
  let faults: FaultRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    repositories = [new FaultRepository(await database.open()), new FaultRepository(await database.open())];
    [faults] = repositories;
  });
  afterAll(() => database.drop());
  beforeEach(() => faults.clear());

  const set = (fault: Partial<FaultSetting> = {}): Promise<void> =>
    faults.set({
      name: 'error_503',
      endpoint: '/token',
      brand: null,
      grantType: null,
      times: null,
      delayMs: null,
      field: null,
      ...fault,
    });
  const taken = async (place = REFRESH, most?: number): Promise<FaultName[]> =>
    (await faults.take(place, NAMES, most)).map(({ name }) => name);

  it('applies a fault exactly as often as set, to concurrent calls', async () => {
    await set({ times: 7 });
    const takings = await Promise.all(
      Array.from({ length: 60 }, (_, at) => repositories[at % 2 === 0 ? 0 : 1].take(REFRESH, NAMES)),
    );
    expect(takings.flat()).toHaveLength(7);
    expect(await faults.list()).toMatchObject([{ times: 7, remaining: 0, struck: 7 }]);
  });

  it('gives each concurrent call one outcome, and continues with the next fault', async () => {
    await set({ name: 'error_503', times: 5 });
    await set({ name: 'drop_before_rotate', times: 4 });
    const takings = await Promise.all(
      Array.from({ length: 30 }, (_, at) => repositories[at % 2 === 0 ? 0 : 1].take(REFRESH, NAMES, 1)),
    );
    expect(takings.map((each) => each.length).filter((count) => count > 0)).toHaveLength(9);
    expect((await faults.list()).map(({ struck }) => struck)).toEqual([5, 4]);
  });

  it('is cleared while calls race, and none of the two is ended by the database', async () => {
    for (const name of NAMES) await set({ name });
    const races = Array.from({ length: 40 }, (_, at) =>
      at % 4 === 0 ? repositories[1].clear() : repositories[0].take(REFRESH, NAMES),
    );
    await expect(Promise.all(races)).resolves.toBeDefined();
  });

  it('takes the faults with a limit first, and then the one without', async () => {
    await set({ name: 'error_500' });
    await set({ name: 'error_503', times: 2 });
    await set({ name: 'drop_before_rotate', times: 1 });
    const sequence = [];
    for (let call = 0; call < 5; call++) sequence.push(...(await taken(REFRESH, 1)));
    expect(sequence).toEqual(['error_503', 'error_503', 'drop_before_rotate', 'error_500', 'error_500']);
  });

  it('counts on until it is deleted', async () => {
    await set();
    for (let call = 0; call < 3; call++) expect(await taken()).toEqual(['error_503']);
    expect(await faults.list()).toMatchObject([{ times: null, remaining: null, struck: 3 }]);
    await faults.clear();
    expect(await taken()).toEqual([]);
  });

  it('starts a fault again when it is set again, and has one for each set of limits', async () => {
    await set({ times: 1 });
    await taken();
    await set({ times: 2, delayMs: 10 });
    await set({ times: 2, brand: 'banx' });
    await set({ times: 2, grantType: 'refresh_token' });
    await set({ times: 2, endpoint: '*' });
    expect(
      (await faults.list()).map(({ remaining, struck, delayMs }) => [remaining, struck, delayMs]),
    ).toEqual([
      [2, 0, 10],
      [2, 0, null],
      [2, 0, null],
      [2, 0, null],
    ]);
  });

  it.each<[string, Partial<FaultSetting>, boolean]>([
    ['of the brand', { brand: 'belfius' }, true],
    ['of the other brand', { brand: 'banx' }, false],
    ['of the grant', { grantType: 'refresh_token' }, true],
    ['of the other grant', { grantType: 'authorization_code' }, false],
    ['of every endpoint', { endpoint: '*' }, true],
    ['of another endpoint', { endpoint: '/accounts' }, false],
    ['of another kind', { name: 'slow' }, false],
  ])('applies to a call the fault %s: %j %s', async (_which, fault, isTaken) => {
    await set({ times: 1, ...fault });
    expect(await taken()).toEqual(isTaken ? ['error_503'] : []);
    expect(await faults.list()).toMatchObject([{ struck: isTaken ? 1 : 0 }]);
  });

  it('clears all, those of one name, or one', async () => {
    await set({ name: 'error_500' });
    await set({ name: 'error_503' });
    await set({ name: 'error_503', brand: 'banx' });
    const last = (await faults.list()).at(-1);
    await faults.clear({ id: last?.id });
    expect(await faults.list()).toHaveLength(2);
    await faults.clear({ name: 'error_503' });
    expect((await faults.list()).map(({ name }) => name)).toEqual(['error_500']);
    await faults.clear();
    expect(await faults.list()).toEqual([]);
  });
});
