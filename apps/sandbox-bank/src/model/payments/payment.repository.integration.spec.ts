import { createTestDatabase, dumpDatabase, type TestDatabase } from '@consent-hub/testing';
import { CODE_CHALLENGE, JAN, REDIRECT_URI, BankModel } from '../../../testing/bank-model.harness.js';
import type { AuthorizationRequest } from '../consents/authorization.js';
import type { PaymentInstruction } from './payment.js';
import type { Tpp } from '../tpps/tpp.repository.js';

const IBAN = 'BE60068223114070';
const INSTRUCTION: PaymentInstruction = {
  amount: '12.50',
  currency: 'EUR',
  creditor: { name: 'Bakkerij Vermeulen BV', iban: 'BE49091200881571' },
  endToEndId: 'INV-1',
};
const JAN_PAYS = { psuId: JAN.psuId, ibans: [IBAN] };

describe('the payment repository', () => {
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

  interface Opened {
    readonly id: string;
    readonly authorizationId: string;
  }

  const open = async (
    instruction: Partial<PaymentInstruction> = {},
    changes: Partial<AuthorizationRequest> = {},
  ): Promise<Opened> => {
    const { paymentId, links } = await bank.authorizations.openPayment(
      {
        tppId: tpp.id,
        redirectUri: REDIRECT_URI,
        codeChallenge: CODE_CHALLENGE,
        iban: null,
        languages: ['nl'],
        ...changes,
      },
      { product: 'sepa-credit-transfers', instruction: { ...INSTRUCTION, ...instruction } },
    );
    const found = links[0] && (await bank.authorizations.findByAppToken(links[0].appToken));
    if (!found) throw new Error('The payment has no link');
    return { id: paymentId, authorizationId: found.id };
  };
  const statusOf = async ({ id }: Opened): Promise<string | undefined> =>
    (await bank.payments.find(tpp.id, 'sepa-credit-transfers', id))?.status;
  const dayAfterTomorrow = (): string => new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);

  it('stores the order of a payment unchanged, for its TPP and for the PSU', async () => {
    const opened = await open({ communication: { kind: 'free', text: 'Ünïcode “€”' } }, { iban: IBAN });
    const expected = {
      id: opened.id,
      product: 'sepa-credit-transfers',
      status: 'RCVD',
      debtorIban: IBAN,
      psuId: null,
      instruction: { ...INSTRUCTION, communication: { kind: 'free', text: 'Ünïcode “€”' } },
    };
    expect(await bank.payments.find(tpp.id, 'sepa-credit-transfers', opened.id)).toEqual(expected);
    expect(await bank.payments.findByAuthorization(opened.authorizationId)).toEqual(expected);
    const other = await bank.registerTpp();
    expect(await bank.payments.find(other.id, 'sepa-credit-transfers', opened.id)).toBeNull();
  });

  it('pays with the approval, from the account that the PSU chose', async () => {
    const opened = await open();
    expect(await bank.authorizations.approve(opened.authorizationId, JAN_PAYS)).toEqual({
      code: expect.anything(),
    });
    expect(await bank.payments.findByAuthorization(opened.authorizationId)).toMatchObject({
      status: 'ACSC',
      debtorIban: IBAN,
      psuId: JAN.psuId,
    });
  });

  it.each([
    ['two accounts', JAN],
    ['no account', { psuId: JAN.psuId, ibans: [] }],
    ['a savings account', { psuId: JAN.psuId, ibans: ['BE20055771300256'] }],
    ['another person’s account', { psuId: JAN.psuId, ibans: ['BE83063154780915'] }],
  ])('does not pay from %s', async (_what, choice) => {
    const opened = await open();
    const before = await dumpDatabase(database.url);
    expect(await bank.authorizations.approve(opened.authorizationId, choice)).toBeNull();
    expect(await dumpDatabase(database.url)).toBe(before);
  });

  it('lets only the PSU sign to whom it is bound, and issues no code where none is wanted', async () => {
    const opened = await open({}, { boundPsuId: JAN.psuId, returnsCode: false, codeChallenge: null });
    const marie = { psuId: 'marie-dubois', ibans: ['BE83063154780915'] };
    expect(await bank.authorizations.approve(opened.authorizationId, marie)).toBeNull();
    expect(await bank.authorizations.approve(opened.authorizationId, JAN_PAYS)).toEqual({});
    expect(await statusOf(opened)).toBe('ACSC');
  });

  it.each(['refuse', 'fail'] as const)('rejects it when the PSU does not sign: %s', async (decision) => {
    const opened = await open();
    await bank.authorizations[decision](opened.authorizationId);
    expect(await statusOf(opened)).toBe('RJCT');
  });

  it('ends in one state when approvals, refusals and cancellations arrive at two processes together', async () => {
    const processes = [bank, new BankModel(await database.open())];
    for (let round = 0; round < 5; round++) {
      const opened = await open({ executionDate: dayAfterTomorrow() });
      const happened: string[] = [];
      await Promise.all(
        Array.from({ length: 24 }, async (_, at) => {
          const { authorizations } = processes[at % 2] ?? bank;
          const id = opened.authorizationId;
          if (at % 3 === 0 && (await authorizations.approve(id, JAN_PAYS))) happened.push('signed');
          if (at % 3 === 1 && (await authorizations.refuse(id))) happened.push('refused');
          if (at % 3 === 2 && (await authorizations.cancelPayment(opened.id))) happened.push('cancelled');
        }),
      );
      const status = await statusOf(opened);
      // What is signed and waits for its day can be cancelled; nothing else happens after another.
      expect([
        ['refused', 'RJCT'],
        ['cancelled', 'CANC'],
        ['cancelled,signed', 'CANC'],
        ['signed', 'PDNG'],
      ]).toContainEqual([happened.sort().join(), status]);
    }
  });
});
