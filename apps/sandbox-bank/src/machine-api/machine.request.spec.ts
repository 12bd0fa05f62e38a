import { BankSettings } from '../model/settings/bank.settings.js';
import { ASSUMED, type Assumptions } from '../model/settings/assumptions.js';
import type { EndpointVersions } from './endpoint.js';
import { MachineRequest, type WireRequest } from './machine.request.js';
import { Refusal } from './refusal.error.js';

const FORM = { 'content-type': ['application/x-www-form-urlencoded'] };
const request = (wire: Partial<WireRequest>): MachineRequest =>
  new MachineRequest({ headers: {}, query: {}, body: undefined, ...wire });
const refusal = (read: () => unknown): { status: number; code: string; description: string } => {
  try {
    read();
  } catch (error) {
    if (error instanceof Refusal)
      return { ...error.row, description: error.toBody('current').error_description };
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

  it('refuses a parameter that came twice, whether it is used or not', () => {
    const twice = request({ query: { scope: 'AIS', other: ['1', '2'] } });
    expect(refusal(() => twice.query('scope'))).toMatchObject(INVALID_INPUT);
  });

  it.each(['\u0000', '\n', '\u007f', '\u0085'])(
    'refuses a parameter with the control character %j',
    (character) => {
      const received = request({ query: { scope: `AIS${character}` } });
      expect(refusal(() => received.query('scope'))).toMatchObject(INVALID_INPUT);
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

  it('refuses a header and a field that do not have the required form', () => {
    const wire = request({ headers: { ...FORM, 'x-number': ['12a'] }, body: { number: '12a' } });
    expect(refusal(() => wire.header('X-Number', /^\d+$/))).toMatchObject(INVALID_HEADER);
    expect(refusal(() => wire.field('number', /^\d+$/))).toMatchObject(INVALID_INPUT);
    expect(wire.header('X-Number', /^\d+a$/)).toBe('12a');
  });

  describe('choosing a version', () => {
    const VERSIONS: EndpointVersions = {
      '1': { today: [], before: ['AIS'], errors: 'numeric' },
      '3': { today: ['CAF'], before: ['AIS'], errors: 'unprefixed' },
      '4': { today: ['AIS'], errors: 'current' },
    };
    const LIVES = { codeSeconds: 1, accessTokenSeconds: 1, scaTokenSeconds: 1 };
    const choose = (version: string, behaviour: ConstructorParameters<typeof BankSettings>[1] = {}) => {
      const headers = { accept: [`application/vnd.belfius.api+json; version=${version}`] };
      return request({ headers }).version(VERSIONS, new BankSettings(LIVES, behaviour));
    };
    const UNKNOWN_VERSION: readonly [Assumptions['unknown_version'], number][] = [
      ['not_acceptable', 406],
      ['invalid_header', 400],
    ];

    it('gives the scopes that the version serves today', () => {
      expect(choose('3')).toEqual({ name: '3', scopes: ['CAF'], errors: 'current' });
      expect(choose('4')).toEqual({ name: '4', scopes: ['AIS'], errors: 'current' });
    });

    it('also gives the former scopes where every version is served', () => {
      expect(choose('3', { contract: 'all' }).scopes).toEqual(['CAF', 'AIS']);
      expect(choose('1', { contract: 'all' }).scopes).toEqual(['AIS']);
    });

    it.each(['1', '2', '5', '4.0', 'constructor'])('refuses %s, which serves nothing', (version) => {
      expect(refusal(() => choose(version))).toMatchObject({ status: 406 });
    });

    it.each(UNKNOWN_VERSION)('refuses an unknown version as %s: %i', (unknown_version, status) => {
      const assumptions = { ...ASSUMED, unknown_version };
      expect(refusal(() => choose('5', { assumptions }))).toMatchObject({ status, code: 'GEN-1202-100001' });
    });
  });

  it.each([
    ['uuid_v4', '3f2504e0-4f89-41d3-0a0c-0305e82c3301', true],
    ['uuid_v4', '3F2504E0-4F89-41D3-9A0C-0305E82C3301', true],
    ['uuid_v4', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', false],
    ['uuid', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', true],
    ['uuid', '3f2504e04f8911d39a0c0305e82c3301', false],
    ['any', 'call-7', true],
    ['any', 'call 7', false],
  ] as const)('with request_id=%s, takes the Request-ID %s: %s', (form, requestId, isTaken) => {
    const wire = request({ headers: { 'request-id': [requestId] } });
    if (isTaken) expect(wire.requestId(form)).toBe(requestId);
    else expect(refusal(() => wire.requestId(form))).toMatchObject(INVALID_HEADER);
  });

  it('allows an optional field of a form to be absent, and still checks its form', () => {
    const wire = request({ headers: FORM, body: { number: '12a' } });
    expect(wire.optionalField('other', /^\d+$/)).toBeUndefined();
    expect(refusal(() => wire.optionalField('number', /^\d+$/))).toMatchObject(INVALID_INPUT);
  });
});
