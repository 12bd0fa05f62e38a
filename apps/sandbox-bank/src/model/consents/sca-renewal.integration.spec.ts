import { createTestDatabase, dumpDatabase, type TestDatabase } from '@consent-hub/testing';
import { JAN, REDIRECT_URI, BankModel } from '../../../testing/bank-model.harness.js';
import type { Authorization } from './authorization.js';
import type { Tpp } from '../tpps/tpp.repository.js';

const DAY_SECONDS = 86_400;

describe('an authentication for a live consent', () => {
  let database: TestDatabase;
  let bank: BankModel;
  let tpp: Tpp;

  beforeEach(async () => {
    database = await createTestDatabase();
    bank = new BankModel(await database.open());
    await bank.enrolCustomers();
    tpp = await bank.registerTpp();
  });
  afterEach(() => database.drop());

  const asked = async (model = bank): Promise<Authorization> => {
    const [link] = await model.authorizations.openSca({
      tppId: tpp.id,
      psuId: JAN.psuId,
      redirectUri: REDIRECT_URI,
      languages: ['fr'],
    });
    const found = link && (await model.authorizations.findByAppToken(link.appToken));
    if (!found) throw new Error('The authentication has no link');
    return found;
  };
  const consented = async (model = bank) => {
    const pair = await model.tokens.redeem(await model.approvedCode(tpp));
    if ('reason' in pair) throw new Error('The code was refused');
    return pair;
  };
  const EMPTY_CHOICE = { psuId: JAN.psuId, ibans: [] };

  it('is asked of one PSU, for account information', async () => {
    await consented();
    expect(await asked()).toMatchObject({
      purpose: 'sca',
      scope: 'AIS',
      boundPsuId: JAN.psuId,
      status: 'pending',
    });
  });

  it('brings a new SCA token and a fresh day of authentication; the other tokens and the end of the consent stay', async () => {
    const pair = await consented();
    const before = await bank.consents.findLive(tpp.id, JAN.psuId);
    await bank.advance(10 * DAY_SECONDS);
    const { id } = await asked();
    const approval = await bank.authorizations.approve(id, EMPTY_CHOICE);
    if (!approval?.scaToken || !pair.scaToken) throw new Error('There is no SCA token');
    expect(Object.keys(approval)).toEqual(['scaToken']);
    expect(await bank.tokens.acceptsScaToken(tpp.id, JAN.psuId, approval.scaToken)).toBe(true);
    expect(await bank.tokens.acceptsScaToken(tpp.id, JAN.psuId, pair.scaToken)).toBe(false);
    expect(await bank.consents.findLive(tpp.id, JAN.psuId)).toEqual(before);
    const rotated = await bank.tokens.rotate({
      tppId: tpp.id,
      refreshToken: pair.refreshToken,
      scopes: ['AIS'],
    });
    if ('reason' in rotated) throw new Error('The refresh token was refused');
    expect(await bank.tokens.findAccess(tpp.id, rotated.accessToken)).toMatchObject({
      authenticatedDaysAgo: 0,
    });
  });

  it.each([
    ['another PSU', { psuId: 'marie-dubois', ibans: ['BE83063154780915'] }],
    ['an unknown PSU', { psuId: 'unknown', ibans: [] }],
  ])('cannot be given by %s', async (_who, choice) => {
    await consented();
    const { id } = await asked();
    const before = await dumpDatabase(database.url);
    expect(await bank.authorizations.approve(id, choice)).toBeNull();
    expect(await dumpDatabase(database.url)).toBe(before);
  });

  it.each([
    ['was never given', () => Promise.resolve()],
    [
      'has been withdrawn',
      async () => {
        await consented();
        await bank.consents.withdraw(JAN.psuId);
      },
    ],
    [
      'has ended',
      async () => {
        await consented();
        await bank.advance(181 * DAY_SECONDS);
      },
    ],
  ])('has no effect when the consent %s', async (_how, happen) => {
    await happen();
    const { id } = await asked();
    const before = await dumpDatabase(database.url);
    expect(await bank.consents.findLive(tpp.id, JAN.psuId)).toBeNull();
    expect(await bank.authorizations.approve(id, EMPTY_CHOICE)).toBeNull();
    expect(await dumpDatabase(database.url)).toBe(before);
  });

  it('brings a code instead where the bank is set up so, whose pair is of the same accounts and end', async () => {
    const other = new BankModel(await database.open(), { sca_return: 'code' });
    await consented(other);
    const before = await other.consents.findLive(tpp.id, JAN.psuId);
    const { id } = await asked(other);
    const approval = await other.authorizations.approve(id, EMPTY_CHOICE);
    if (!approval?.code) throw new Error('There is no code');
    const pair = await other.tokens.redeem({
      tppId: tpp.id,
      code: approval.code,
      redirectUri: REDIRECT_URI,
      codeVerifier: null,
      scopes: ['AIS'],
    });
    if ('reason' in pair || !pair.scaToken) throw new Error('The code was refused');
    expect(await other.tokens.acceptsScaToken(tpp.id, JAN.psuId, pair.scaToken)).toBe(true);
    expect(await other.consents.findLive(tpp.id, JAN.psuId)).toEqual(before);
  });
});
