import { databaseOptions } from '@consent-hub/platform';
import type { Scope } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import type { BankUnderTest, TestClient } from './bank-under-test.js';
import { BankModel } from '../../apps/sandbox-bank/testing/bank-model.harness.js';
import { TestTpp } from './test-tpp.js';

const IBAN = 'BE83063154780915';

/** The customer who holds the account that the test calls name. */
export const MARIE = 'marie-dubois';

/** The model of a bank under test, outside its own processes: for changes that no call of a TPP can make. */
export class DirectBankModel {
  private constructor(
    readonly model: BankModel,
    private readonly bank: BankUnderTest,
    private readonly dataSource: DataSource,
  ) {}

  static async open(bank: BankUnderTest): Promise<DirectBankModel> {
    const dataSource = new DataSource(databaseOptions(bank.databaseUrl, 'consent-hub-test', []));
    await dataSource.initialize();
    return new DirectBankModel(new BankModel(dataSource), bank, dataSource);
  }

  /** A code of Marie's for any scope; that of PIS without a payment. */
  async codeOf(scope: Scope): Promise<{ tpp: TestTpp; code: string }> {
    const { belfius, paymentsOnly } = this.bank.clients;
    if (scope === 'PIS') return { tpp: new TestTpp(this.bank, paymentsOnly), code: await this.paymentCode() };
    const tpp = new TestTpp(this.bank, belfius);
    const code = await tpp.code(scope === 'CAF' ? 'CAF consent URIs' : 'AIS consent URIs', { psu: MARIE });
    return { tpp, code };
  }

  /** From now on the client calls with another certificate of its own. */
  async reissue({ brand, id }: TestClient, fingerprint: string): Promise<void> {
    const tpp = await this.model.tpps.findTpp(brand, id);
    if (!tpp) throw new Error(`There is no client ${id}`);
    await this.model.tpps.register({ ...tpp, certificateFingerprint: fingerprint });
  }

  close(): Promise<void> {
    return this.dataSource.destroy();
  }

  private async paymentCode(): Promise<string> {
    const { brand, id } = this.bank.clients.paymentsOnly;
    const tpp = await this.model.tpps.findTpp(brand, id);
    if (!tpp) throw new Error(`There is no client ${id}`);
    const choice = { psuId: MARIE, ibans: [IBAN] };
    return (await this.model.approvedCode(tpp, choice, { scope: 'PIS' })).code.reveal();
  }
}
