import { createValidationPipe, Problem } from '@consent-hub/platform';
import { PersonTokenQuery, RejectedToken } from './access-token.requests.js';
import { MinValidityPipe } from './min-validity.pipe.js';

const PERSON = { brand: 'belfius', psu_ref: 'customer-4711', scope: 'AIS' };
const readPerson = (query: object): Promise<PersonTokenQuery> =>
  createValidationPipe().transform(query, {
    type: 'query',
    metatype: PersonTokenQuery,
  }) as Promise<PersonTokenQuery>;
const faultsOf = (error: unknown): string[] => {
  if (!(error instanceof Problem)) throw new Error('it was accepted');
  expect(error.details).toMatchObject({ status: 400, code: 'invalid_input' });
  return (error.details.errors ?? []).map(({ field }) => field);
};

/** Two routes read the same parameter, one of them by hand. */
const ROUTES: [string, (query: object) => Promise<number>][] = [
  ['by consent', async (query) => Promise.resolve(new MinValidityPipe().transform({ ...query }))],
  ['by person', async (query) => (await readPerson({ ...PERSON, ...query })).min_validity_seconds],
];

describe.each(ROUTES)('the asked validity of a token %s', (_route, read) => {
  it.each([
    [{}, 0],
    [{ min_validity_seconds: '0' }, 0],
    [{ min_validity_seconds: '600' }, 600],
    [{ min_validity_seconds: '3600' }, 3600],
  ])('is read from %j as %i', async (query, seconds) => {
    expect(await read(query)).toBe(seconds);
  });

  it.each(['3601', '-1', '1.5', '1e2', '0x10', ' 5', '', 'ten', ['1', '2'], 'NaN'])(
    'is refused as %j',
    async (value) => {
      const error: unknown = await read({ min_validity_seconds: value }).catch((caught: unknown) => caught);
      expect(faultsOf(error)).toEqual(['min_validity_seconds']);
    },
  );

  it('is the only other parameter', async () => {
    const error: unknown = await read({ min_validity: '600' }).catch((caught: unknown) => caught);
    expect(faultsOf(error)).toEqual(['min_validity']);
  });
});

describe('the person of a token', () => {
  it.each([
    ['brand', 'kbc'],
    ['scope', 'ais'],
    ['scope', ['AIS', 'PIS']],
    ['psu_ref', ''],
    ['psu_ref', 'a\u0000b'],
    ['psu_ref', 'x'.repeat(129)],
  ])('is refused for %s %j', async (field, value) => {
    const error: unknown = await readPerson({ ...PERSON, [field]: value }).catch((caught: unknown) => caught);
    expect(faultsOf(error)).toEqual([field]);
  });

  it('needs brand, reference and scope', async () => {
    const error: unknown = await readPerson({}).catch((caught: unknown) => caught);
    expect(faultsOf(error)).toEqual(['brand', 'psu_ref', 'scope']);
  });
});

describe('the generation of a refused token', () => {
  const read = (body: object): Promise<RejectedToken> =>
    createValidationPipe().transform(body, {
      type: 'body',
      metatype: RejectedToken,
    }) as Promise<RejectedToken>;

  it('is a number from one on', async () => {
    expect(await read({ generation: 1 })).toEqual({ generation: 1 });
  });

  it.each([0, -1, 1.5, '1', null, 2_147_483_648, undefined])('is refused as %j', async (generation) => {
    const error: unknown = await read({ generation }).catch((caught: unknown) => caught);
    expect(faultsOf(error)).toEqual(['generation']);
  });
});
