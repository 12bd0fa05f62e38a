import { readAccountList } from './account-list.js';

const ACCOUNT = { iban: 'BE39000000076000', logical_id: 'eyJ0.x.y' };
const read = (json: unknown) => readAccountList(JSON.stringify(json));

describe('the list of accounts', () => {
  it.each([
    ['a bare list', [ACCOUNT]],
    ['a list in an object', { accounts: [ACCOUNT] }],
    ['an embedded list', { _embedded: { accounts: [ACCOUNT] }, _links: {} }],
    ['an IBAN with spaces', [{ ...ACCOUNT, iban: 'be39 0000 0007 6000' }]],
    ['another spelling of the logical id', [{ iban: ACCOUNT.iban, logicalId: 'eyJ0.x.y' }]],
    ['the spelling of the bank’s prose', [{ iban: ACCOUNT.iban, 'logical-id': 'eyJ0.x.y' }]],
    ['more than we asked', [{ ...ACCOUNT, currency: 'EUR', balance: '1.00' }]],
    ['an account that is listed twice', [ACCOUNT, { ...ACCOUNT, currency: 'USD' }]],
  ])('is understood as %s', (_what, json) => {
    expect(read(json)).toEqual([{ iban: 'BE39000000076000', logicalId: 'eyJ0.x.y' }]);
  });

  it('gives every logical id of an account that has one for each currency', () => {
    const dollars = { ...ACCOUNT, logical_id: 'eyJ0.x.z', currency: 'USD' };

    expect(read([ACCOUNT, dollars])).toEqual([
      { iban: 'BE39000000076000', logicalId: 'eyJ0.x.y' },
      { iban: 'BE39000000076000', logicalId: 'eyJ0.x.z' },
    ]);
  });

  it('may be empty', () => {
    expect(read([])).toEqual([]);
  });

  it.each([
    ['no JSON', 'x'],
    ['a list of texts', ['BE39000000076000']],
    ['an account without IBAN', [ACCOUNT, { logical_id: 'x' }]],
    ['an account without logical id', [ACCOUNT, { iban: 'BE39000000076000' }]],
    ['an object without list', { account: ACCOUNT }],
    ['nothing', null],
  ])('is not used in part: %s', (_what, json) => {
    expect(read(json)).toBeUndefined();
  });
});
