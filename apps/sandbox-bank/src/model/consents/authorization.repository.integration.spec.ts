import { Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, dumpDatabase, type TestDatabase } from '@consent-hub/testing';
import { JAN, BankModel } from '../../../testing/bank-model.harness.js';
import type { Tpp } from '../tpps/tpp.repository.js';

describe('the authorization repository', () => {
  let database: TestDatabase;
  let bank: BankModel;
  let tpp: Tpp;

  beforeAll(async () => {
    database = await createTestDatabase();
    bank = new BankModel(await database.open());
    await bank.enrolCustomers();
    tpp = await bank.registerTpp();
  });
  afterAll(() => database.drop());

  const statusOf = async (appToken: Secret): Promise<string | undefined> =>
    (await bank.authorizations.findByAppToken(appToken))?.status;

  it('gives one link a language, each to the same authorization', async () => {
    const links = await bank.authorizations.open({
      tppId: tpp.id,
      scope: 'AIS',
      redirectUri: 'https://tpp.example/cb',
      codeChallenge: 'a'.repeat(43),
      iban: null,
      languages: ['fr', 'nl'],
    });
    const found = await Promise.all(
      links.map(({ appToken }) => bank.authorizations.findByAppToken(appToken)),
    );
    expect(found.map((authorization) => authorization?.language)).toEqual(['fr', 'nl']);
    expect(new Set(found.map((authorization) => authorization?.id)).size).toBe(1);
    expect(found[0]).toMatchObject({
      brand: 'belfius',
      scope: 'AIS',
      clientId: tpp.clientId,
      tppName: 'Consent Hub test',
      redirectUri: 'https://tpp.example/cb',
      iban: null,
      status: 'pending',
      expired: false,
    });
  });

  it('finds no link that it did not issue', async () => {
    expect(await bank.authorizations.findByAppToken(new Secret('invented'))).toBeNull();
  });

  it.each([
    ['no account', { psuId: 'jan-peeters', ibans: [] }],
    ['another person’s account', { psuId: 'jan-peeters', ibans: ['BE60068223114070', 'BE83063154780915'] }],
    ['a savings account', { psuId: 'jan-peeters', ibans: ['BE20055771300256'] }],
    ['a blocked account', { psuId: 'thomas-maes', ibans: ['BE83088301672015'] }],
    ['an account that does not exist', { psuId: 'jan-peeters', ibans: ['BE68539007547034'] }],
    ['a customer of the other brand', { psuId: 'lotte-claes', ibans: ['BE72095100023816'] }],
    ['an unknown customer', { psuId: 'unknown', ibans: ['BE60068223114070'] }],
  ])('does not approve %s', async (_what, choice) => {
    const { id, appToken } = await bank.open(tpp);
    expect(await bank.authorizations.approve(id, choice)).toBeNull();
    expect(await statusOf(appToken)).toBe('pending');
  });

  it('approves an account once, however often it is named', async () => {
    const { id } = await bank.open(tpp);
    const ibans = ['BE60068223114070', 'BE60068223114070'];
    expect(await bank.authorizations.approve(id, { psuId: 'jan-peeters', ibans })).not.toBeNull();
  });

  it('approves nothing but the account that the TPP named', async () => {
    const { id, appToken } = await bank.open(tpp, { scope: 'CAF', iban: 'BE60068223114070' });
    expect(await bank.authorizations.approve(id, JAN)).toBeNull();
    expect(await statusOf(appToken)).toBe('pending');
    const named = { psuId: 'jan-peeters', ibans: ['BE60068223114070'] };
    expect(await bank.authorizations.approve(id, named)).not.toBeNull();
  });

  it('decides once when fifty decisions arrive at two processes together', async () => {
    const { id } = await bank.open(tpp);
    const processes = [bank, new BankModel(await database.open())];
    const decisions = await Promise.all(
      Array.from({ length: 50 }, (_, at) => {
        const { authorizations } = processes[at % 2] ?? bank;
        if (at % 3 === 0) return authorizations.approve(id, JAN);
        return at % 3 === 1 ? authorizations.refuse(id) : authorizations.fail(id);
      }),
    );
    expect(decisions.filter(Boolean)).toHaveLength(1);
  });

  it.each(['refuse', 'fail'] as const)('cannot %s what is decided', async (decision) => {
    const { id, appToken } = await bank.open(tpp);
    await bank.authorizations.approve(id, JAN);
    expect(await bank.authorizations[decision](id)).toBe(false);
    expect(await statusOf(appToken)).toBe('approved');
  });

  it('does not approve after a quarter of an hour', async () => {
    const { id, appToken } = await bank.open(tpp);
    await bank.advance(901);
    expect(await bank.authorizations.approve(id, JAN)).toBeNull();
    expect(await bank.authorizations.findByAppToken(appToken)).toMatchObject({
      status: 'pending',
      expired: true,
    });
  });

  it('stores neither links nor codes nor states in clear text', async () => {
    const { id, appToken } = await bank.open(tpp);
    const approved = await bank.authorizations.approve(id, { ...JAN, state: 'the-state-of-the-tpp' });
    const dump = await dumpDatabase(database.url);
    expect(dump).toContain(id);
    for (const value of [appToken.reveal(), approved?.code?.reveal(), 'the-state-of-the-tpp']) {
      expect(dump).not.toContain(value);
    }
  });
});
