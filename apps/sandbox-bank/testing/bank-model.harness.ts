import { createHash, randomUUID } from 'node:crypto';
import { Secret, type Brand } from '@consent-hub/psd2-protocol';
import type { DataSource } from 'typeorm';
import type { AuthorizationRequest } from '../src/model/consents/authorization.js';
import { AuthorizationRepository } from '../src/model/consents/authorization.repository.js';
import { ASSUMED, type Assumptions } from '../src/model/settings/assumptions.js';
import { BankResetService } from '../src/model/bank-reset.service.js';
import { ClockRepository } from '../src/model/clock/clock.repository.js';
import { BankSettings } from '../src/model/settings/bank.settings.js';
import { ConsentRepository } from '../src/model/consents/consent.repository.js';
import { LedgerRepository } from '../src/model/consents/ledger.repository.js';
import { PaymentRepository } from '../src/model/payments/payment.repository.js';
import { PsuRepository } from '../src/model/accounts/psu.repository.js';
import { readCustomers } from '../src/model/accounts/customers-file.settings.js';
import { TokenRepository, type CodeRedemption } from '../src/model/consents/token.repository.js';
import { TppCallRepository } from '../src/model/tpps/tpp-call.repository.js';
import { TppRepository, type Tpp } from '../src/model/tpps/tpp.repository.js';

export const REDIRECT_URI = 'https://tpp.example/callback?flow=1';
/** RFC 7636 appendix B. */
export const CODE_CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
export const CODE_VERIFIER = new Secret('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk');
const LIVES = { codeSeconds: 300, accessTokenSeconds: 3600, scaTokenSeconds: 1800 };

/** Two eligible accounts, in the order in which the bank lists them. */
export const JAN = { psuId: 'jan-peeters', ibans: ['BE60068223114070', 'BE49068223114171'] };

/** The model of the sandbox bank on one connection pool: two of these on one database are two processes of the bank. */
export class BankModel {
  readonly authorizations: AuthorizationRepository;
  readonly calls: TppCallRepository;
  readonly consents: ConsentRepository;
  readonly ledger: LedgerRepository;
  readonly payments: PaymentRepository;
  readonly psus: PsuRepository;
  readonly tokens: TokenRepository;
  readonly tpps: TppRepository;

  constructor(
    private readonly dataSource: DataSource,
    assumed: Partial<Assumptions> = {},
  ) {
    const settings = new BankSettings(LIVES, { assumptions: { ...ASSUMED, ...assumed } });
    this.payments = new PaymentRepository(dataSource);
    this.consents = new ConsentRepository(dataSource, settings);
    this.authorizations = new AuthorizationRepository(dataSource, settings, this.payments, this.consents);
    this.ledger = new LedgerRepository(dataSource);
    this.psus = new PsuRepository(dataSource);
    this.calls = new TppCallRepository(dataSource);
    this.tokens = new TokenRepository(dataSource, settings);
    this.tpps = new TppRepository(dataSource);
  }

  enrolCustomers(): Promise<void> {
    return this.psus.enrol(readCustomers());
  }

  async registerTpp(brand: Brand = 'belfius'): Promise<Tpp> {
    const clientId = `l7${randomUUID().replaceAll('-', '')}`;
    await this.tpps.register({
      brand,
      clientId,
      name: 'Consent Hub test',
      secretHash: createHash('sha256').update('secret').digest(),
      certificateFingerprint: 'ab'.repeat(32),
      organizationIdentifier: 'PSDBE-NBB-0123456789',
      redirectUris: [REDIRECT_URI],
    });
    const tpp = await this.tpps.findTpp(brand, clientId);
    if (!tpp) throw new Error('The TPP was not registered');
    return tpp;
  }

  /** Opens an authorization with one link and gives its app token and id. */
  async open(
    tpp: Tpp,
    changes: Partial<AuthorizationRequest> = {},
  ): Promise<{ id: string; appToken: Secret }> {
    const [link] = await this.authorizations.open({
      tppId: tpp.id,
      scope: 'AIS',
      redirectUri: REDIRECT_URI,
      codeChallenge: CODE_CHALLENGE,
      iban: null,
      languages: ['nl'],
      ...changes,
    });
    const found = link && (await this.authorizations.findByAppToken(link.appToken));
    if (!found) throw new Error('The authorization was not opened');
    return { id: found.id, appToken: link.appToken };
  }

  /** A code of a PSU who has approved, ready to be redeemed. */
  async approvedCode(
    tpp: Tpp,
    choice: { psuId: string; ibans: readonly string[]; state?: string } = JAN,
    changes: Partial<AuthorizationRequest> = {},
  ): Promise<CodeRedemption> {
    const { id } = await this.open(tpp, changes);
    const approved = await this.authorizations.approve(id, choice);
    if (!approved?.code) throw new Error('The authorization was not approved');
    return {
      tppId: tpp.id,
      code: approved.code,
      redirectUri: REDIRECT_URI,
      codeVerifier: CODE_VERIFIER,
      scopes: ['AIS', 'CAF'],
    };
  }

  reset(): Promise<void> {
    return new BankResetService(this.dataSource, new ClockRepository(this.dataSource)).empty();
  }

  async advance(seconds: number): Promise<void> {
    await this.dataSource.query(`UPDATE bank.clock SET ahead = ahead + make_interval(secs => $1)`, [seconds]);
  }
}
