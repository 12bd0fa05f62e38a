import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { CODE_CHALLENGE, REDIRECT_URI, BankModel } from '../../testing/bank-model.harness.js';
import { ClockRepository } from './clock/clock.repository.js';
import { FaultRepository } from './faults/fault.repository.js';
import type { Tpp } from './tpps/tpp.repository.js';

describe('a reset of the bank', () => {
  let database: TestDatabase;
  let source: DataSource;
  let bank: BankModel;
  let tpp: Tpp;

  beforeAll(async () => {
    database = await createTestDatabase();
    source = await database.open();
    bank = new BankModel(source);
    await bank.enrolCustomers();
    tpp = await bank.registerTpp();
  });
  afterAll(() => database.drop());

  it('keeps TPPs, customers and accounts, and nothing else; the clock is the machine’s again', async () => {
    const clock = new ClockRepository(source);
    const faults = new FaultRepository(source);
    const customers = await bank.psus.listPsus('belfius');
    await bank.tokens.redeem(await bank.approvedCode(tpp));
    await clock.advance(86_400);
    await faults.set({
      name: 'error_500',
      endpoint: '*',
      brand: null,
      grantType: null,
      times: null,
      delayMs: null,
      field: null,
    });
    await bank.reset();
    expect(await bank.ledger.totals()).toMatchObject({ authorizationCodeGrants: 0, livePairs: 0 });
    expect(await faults.list()).toEqual([]);
    expect((await clock.read()).aheadSeconds).toBe(0);
    expect(await bank.psus.listPsus('belfius')).toEqual(customers);
    expect(await bank.tpps.findTpp('belfius', tpp.clientId)).toMatchObject({ id: tpp.id });
    const filled = await source.query<{ table: string }[]>(
      `SELECT tablename AS table FROM pg_tables
        WHERE schemaname = 'bank' AND (xpath('/row/c/text()', query_to_xml(
          format('SELECT count(*) AS c FROM bank.%I', tablename), false, true, '')))[1]::text::bigint > 0
        ORDER BY 1`,
    );
    expect(filled.map(({ table }) => table)).toEqual([
      'account',
      'account_compartment',
      'account_psu',
      'clock',
      'logical_id_key',
      'psu',
      'tpp',
    ]);
  });

  it('waits for calls that are under way, and ends none of them', async () => {
    const other = new BankModel(await database.open());
    const { tppId, scopes, code: refreshToken } = await other.approvedCode(tpp);
    const calls = Array.from({ length: 90 }, (_, at) =>
      at % 3 === 0 ? other.tokens.rotate({ tppId, scopes, refreshToken }) : openAuthorization(other, tpp),
    );
    const outcomes = Promise.allSettled(calls);
    await Promise.all(Array.from({ length: 5 }, () => bank.reset()));
    expect((await outcomes).filter(({ status }) => status === 'rejected')).toEqual([]);
  });
});

const openAuthorization = (bank: BankModel, tpp: Tpp): Promise<unknown> =>
  bank.authorizations.open({
    tppId: tpp.id,
    scope: 'AIS',
    redirectUri: REDIRECT_URI,
    codeChallenge: CODE_CHALLENGE,
    iban: null,
    languages: ['fr', 'nl'],
  });
