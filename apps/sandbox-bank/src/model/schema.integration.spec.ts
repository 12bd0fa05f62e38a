import { databaseOptions } from '@consent-hub/platform';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../../migrations/index.js';
import {
  CODE_CHALLENGE,
  CODE_VERIFIER,
  JAN,
  REDIRECT_URI,
  BankModel,
} from '../../testing/bank-model.harness.js';
import type { IssuedPair, TokenRefusal } from './consents/token-pair.js';
import type { Tpp } from './tpps/tpp.repository.js';

const MARIE = { psuId: 'marie-dubois', ibans: ['BE83063154780915'] };
/** The step that lets a consent name its account for AIS, hold a plain challenge, and be withdrawn. */
const STEP = 'WidenBankConsents1795375300000';

describe('the schema of the bank', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let bank: BankModel;
  let tpp: Tpp;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource({
      ...databaseOptions(database.url, 'consent-hub-test', []),
      migrations: MIGRATIONS,
      migrationsTableName: 'schema_migration',
      migrationsTransactionMode: 'each',
    }).initialize();
    bank = new BankModel(dataSource);
    await bank.enrolCustomers();
    tpp = await bank.registerTpp();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const pairOf = (outcome: IssuedPair | TokenRefusal): IssuedPair => {
    if ('reason' in outcome) throw new Error(`No pair was issued: ${outcome.reason}`);
    return outcome;
  };
  const refreshedPair = async (choice = JAN, iban: string | null = null): Promise<IssuedPair> => {
    const { refreshToken } = pairOf(await bank.tokens.redeem(await bank.approvedCode(tpp, choice, { iban })));
    return rotate(refreshToken);
  };
  const rotate = async (refreshToken: IssuedPair['refreshToken']): Promise<IssuedPair> =>
    pairOf(await bank.tokens.rotate({ tppId: tpp.id, refreshToken, scopes: ['AIS', 'CAF'] }));
  /** Takes back this step and every later one. */
  const undoTo = async (first: string): Promise<void> => {
    const steps = MIGRATIONS.length - MIGRATIONS.findIndex(({ name }) => name === first);
    for (let step = 0; step < steps; step++) await dataSource.undoLastMigration();
  };
  const count = async (table: string): Promise<number> => {
    const [row] = await dataSource.query<[{ count: number }]>(`SELECT count(*)::int AS count FROM ${table}`);
    return row.count;
  };

  it('goes back before wider consents and forward again, and keeps the pairs that the older one has a place for', async () => {
    const kept = await refreshedPair();
    await refreshedPair(MARIE, 'BE83063154780915');
    await bank.open(tpp, { codeChallenge: 'x'.repeat(60), codeChallengeMethod: 'plain' });
    await bank.open(tpp, { codeChallenge: null });
    await bank.consents.withdraw(MARIE.psuId);

    await undoTo(STEP);
    expect([await count('bank.psu_authorization'), await count('bank.token_pair')]).toEqual([1, 1]);

    await dataSource.runMigrations();
    const access = await bank.tokens.findAccess(tpp.id, kept.accessToken);
    expect(access).toMatchObject({ psuId: JAN.psuId, authenticatedDaysAgo: 0 });
    expect((await rotate(kept.refreshToken)).scope).toBe('AIS');
  });

  it('goes back before payments and forward again, and keeps the pairs of consents', async () => {
    const kept = await refreshedPair();
    const { links } = await bank.authorizations.openPayment(
      {
        tppId: tpp.id,
        redirectUri: REDIRECT_URI,
        codeChallenge: CODE_CHALLENGE,
        iban: null,
        languages: ['fr'],
      },
      {
        product: 'sepa-credit-transfers',
        instruction: { amount: '1.00', currency: 'EUR', creditor: { name: 'A', iban: 'BE49091200881571' } },
      },
    );
    const payment = links[0] && (await bank.authorizations.findByAppToken(links[0].appToken));
    const approved = await bank.authorizations.approve(payment?.id ?? '', MARIE);
    if (!approved?.code) throw new Error('The payment was not signed');
    const paid = pairOf(
      await bank.tokens.redeem({
        tppId: tpp.id,
        code: approved.code,
        redirectUri: REDIRECT_URI,
        codeVerifier: CODE_VERIFIER,
        scopes: ['PIS'],
      }),
    );
    await bank.tokens.rotate({ tppId: tpp.id, refreshToken: paid.refreshToken, scopes: ['PIS'] });
    await bank.authorizations.openSca({
      tppId: tpp.id,
      psuId: JAN.psuId,
      redirectUri: REDIRECT_URI,
      languages: ['fr'],
    });

    await undoTo('CreateBankPayment1795375600000');
    expect([await count('bank.psu_authorization'), await count('bank.token_pair')]).toEqual([1, 1]);
    await dataSource.runMigrations();
    expect((await rotate(kept.refreshToken)).scope).toBe('AIS');
  });
});
