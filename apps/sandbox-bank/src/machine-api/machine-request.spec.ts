import { MachineRequest, type WireRequest } from './machine-request.js';
import { Refusal } from './refusal.js';

const FORM = { 'content-type': ['application/x-www-form-urlencoded'] };
const request = (wire: Partial<WireRequest>): MachineRequest =>
  new MachineRequest({ headers: {}, query: {}, body: undefined, ...wire });
const refusal = (read: () => unknown): { status: number; code: string; description: string } => {
  try {
    read();
  } catch (error) {
    if (error instanceof Refusal) return { ...error.row, description: error.toBody().error_description };
  }
  throw new Error('The input was not refused');
};
const INVALID_HEADER = { status: 400, code: 'GEN-1202-100001' };
const INVALID_INPUT = { status: 400, code: 'GEN-1202-100002' };

describe('a request of a TPP', () => {
  it('names the header that is missing or empty', () => {
    const expected = { code: 'GEN-1201-100001', description: "Missing required header input 'Client-ID'" };
    expect(refusal(() => request({}).header('Client-ID'))).toMatchObject(expected);
    expect(refusal(() => request({ headers: { 'client-id': [''] } }).header('Client-ID'))).toMatchObject(
      expected,
    );
  });

  it('names the parameter that is missing or empty', () => {
    const expected = {
      code: 'GEN-1201-100002',
      description: "Missing required body/path/query input 'scope'",
    };
    expect(refusal(() => request({}).query('scope'))).toMatchObject(expected);
    expect(refusal(() => request({ query: { scope: '' } }).query('scope'))).toMatchObject(expected);
    expect(refusal(() => request({ headers: FORM, body: { scope: '' } }).field('scope'))).toMatchObject(
      expected,
    );
  });

  it('refuses a header that came twice, also one that may be left out', () => {
    const twice = request({ headers: { 'accept-language': ['fr', 'nl'] } });
    expect(refusal(() => twice.optionalHeader('Accept-Language'))).toMatchObject(INVALID_HEADER);
  });

  it('refuses a parameter that came twice, whichever is read', () => {
    const twice = request({ query: { scope: 'AIS', other: ['1', '2'] } });
    expect(refusal(() => twice.query('scope'))).toMatchObject(INVALID_INPUT);
  });

  it.each(['\u0000', '\n', '\u007f', '\u0085'])(
    'refuses a parameter with the control character %j',
    (character) => {
      const odd = request({ query: { scope: `AIS${character}` } });
      expect(refusal(() => odd.query('scope'))).toMatchObject(INVALID_INPUT);
    },
  );

  it('does not take a name of every object for a parameter', () => {
    expect(request({ query: {} }).optionalQuery('constructor')).toBeUndefined();
  });

  it.each([[undefined], ['application/json'], ['application/x-www-form-urlencodedx']])(
    'reads no form from the content type %s',
    (type) => {
      const headers = type === undefined ? {} : { 'content-type': [type] };
      const body = { grant_type: 'refresh_token' };
      expect(refusal(() => request({ headers, body }).field('grant_type'))).toMatchObject({ status: 415 });
    },
  );

  it('holds a header and a field against the form that they must have', () => {
    const wire = request({ headers: { ...FORM, 'x-number': ['12a'] }, body: { number: '12a' } });
    expect(refusal(() => wire.header('X-Number', /^\d+$/))).toMatchObject(INVALID_HEADER);
    expect(refusal(() => wire.field('number', /^\d+$/))).toMatchObject(INVALID_INPUT);
    expect(wire.header('X-Number', /^\d+a$/)).toBe('12a');
  });

  it.each(['1', '5', '4.0'])('refuses the version %s where only 4 lives', (version) => {
    const headers = { accept: [`application/vnd.belfius.api+json; version=${version}`] };
    expect(refusal(() => request({ headers }).version({ '4': 'four' }))).toMatchObject({ status: 406 });
  });
});
