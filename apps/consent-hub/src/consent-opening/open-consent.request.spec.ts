import { createValidationPipe, Problem } from '@consent-hub/platform';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { IBAN_SCHEMA } from '../http-api/consent-fields.js';
import { OpenConsentRequest } from './open-consent.request.js';

const pipe = createValidationPipe();
const read = (body: object): Promise<OpenConsentRequest> =>
  pipe.transform(body, { type: 'body', metatype: OpenConsentRequest }) as Promise<OpenConsentRequest>;
const faultsOf = async (body: object): Promise<string[]> => {
  const error: unknown = await read(body).catch((caught: unknown) => caught);
  if (!(error instanceof Problem)) throw new Error('the body was accepted');
  expect(error.details).toMatchObject({ status: 400, code: 'invalid_input' });
  return (error.details.errors ?? []).map(({ field }) => field);
};
const BODY = { scope: 'AIS', brand: 'belfius', psu_ref: 'customer-4711' };

describe('the body that opens a consent', () => {
  it('needs no more than scope, brand and person', async () => {
    expect(await read(BODY)).toEqual(BODY);
  });

  it('takes an explicit null as absent', async () => {
    await expect(read({ ...BODY, iban: null, language: null, return_url: null })).resolves.toBeDefined();
  });

  it('takes an IBAN in print format and in small letters', async () => {
    const { iban } = await read({ ...BODY, scope: 'CAF', iban: 'be68 5390 0754 7034' });
    expect(iban).toBe('BE68539007547034');
  });

  it('takes an IBAN as it is copied from a page, and describes it so', async () => {
    const copied = '\u200bBE68\u00a05390\u202f0754\u20077034\u200e';
    const { iban } = await read({ ...BODY, scope: 'CAF', iban: copied });
    expect(iban).toBe('BE68539007547034');
    expect(copied).toMatch(new RegExp(IBAN_SCHEMA.pattern, 'u'));
  });

  it('names every field that is missing', async () => {
    expect(await faultsOf({})).toEqual(['scope', 'brand', 'psu_ref']);
  });

  it.each([
    ['scope', 'ais'],
    ['scope', ['AIS']],
    ['brand', 'kbc'],
    ['psu_ref', ''],
    ['psu_ref', '   '],
    ['psu_ref', 'x'.repeat(129)],
    ['psu_ref', '👤'.repeat(129)],
    ['psu_ref', 'a\u0000b'],
    ['psu_ref', 'a\nb'],
    ['psu_ref', 'a\u202eb'],
    ['psu_ref', 'a\ud800'],
    ['psu_ref', 4711],
    ['iban', 'BE68539007547035'],
    ['iban', 'BE68-5390-0754-7034'],
    ['iban', 'XX00'],
    ['iban', 68539007547034],
    ['language', 'en'],
    ['purpose', ''],
    ['purpose', ' '],
    ['purpose', 'x'.repeat(141)],
    ['purpose', 'a\nb'],
    ['purpose', 7],
    ['return_url', 'http://app.example.com/'],
    ['surprise', 1],
  ])('is refused for %s %j, and for nothing else', async (field, value) => {
    expect(await faultsOf({ ...BODY, [field]: value })).toEqual([field]);
  });

  it.each(['x'.repeat(128), '👤'.repeat(128), 'Zoë van den Berg', '客户 7', '!"#$%&'])(
    'takes the person %s',
    async (person) => {
      expect((await read({ ...BODY, psu_ref: person })).psu_ref).toBe(person);
    },
  );

  it('says what is expected without repeating the field', async () => {
    const error: unknown = await read({ ...BODY, brand: 'kbc' }).catch((caught: unknown) => caught);
    expect((error as Problem).details.errors).toEqual([
      { field: 'brand', detail: `must be one of ${BRANDS.join(', ')}` },
    ]);
  });
});
