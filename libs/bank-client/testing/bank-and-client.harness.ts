import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDevelopmentCertificates } from '@consent-hub/eidas';
import { perBrand, Secret } from '@consent-hub/psd2-protocol';
import type { BankAccount, ConsentUri, TokenAnswer, TokenRequest } from '../src/bank-client.js';
import { HttpBankClient } from '../src/http-bank-client.js';
import { createPkce } from '../src/pkce.js';
import { HttpsBank, type Script } from './https-bank.harness.js';

export const REQUEST_ID = '3f0c2b0e-4f1c-4c55-9a53-6f1f3d1b7e11';
export const PAIR = { access_token: 'at-1', token_type: 'Bearer', expires_in: 900, refresh_token: 'rt-1' };

const CALL = { brand: 'belfius', scope: 'AIS', requestId: REQUEST_ID } as const;
const TOKEN_REQUESTS = {
  authorization_code: {
    ...CALL,
    grantType: 'authorization_code',
    code: new Secret('code-1'),
    codeVerifier: new Secret('verifier-1'),
    redirectUri: 'https://tpp.example/callback',
  },
  refresh_token: { ...CALL, grantType: 'refresh_token', refreshToken: new Secret('rt-0') },
} as const satisfies Record<string, TokenRequest>;

/** For the tests of this library: a client and the bank that it calls over mutual TLS. */
export class BankAndClient {
  private constructor(
    readonly bank: HttpsBank,
    readonly client: HttpBankClient,
    private readonly directory: string,
  ) {}

  static async start({ tokenTimeoutMs = 5_000 } = {}): Promise<BankAndClient> {
    const directory = await mkdtemp(join(tmpdir(), 'bank-and-client-'));
    const { server, clients, caFile } = await ensureDevelopmentCertificates(directory);
    const bank = await HttpsBank.start({ ...server, caFile });
    const settings = {
      apiUrl: bank.url,
      clientId: 'l7b1',
      clientSecret: new Secret('secret'),
      tls: { ...clients.belfius, caFile },
    };
    const client = new HttpBankClient({
      banks: perBrand(() => settings),
      timeoutMs: 5_000,
      tokenTimeoutMs,
      connectionsPerBank: 1,
    });
    return new BankAndClient(bank, client, directory);
  }

  /** The bank answers so from now on. */
  answers(script: Script): this {
    this.bank.script = script;
    return this;
  }

  token(grantType: TokenRequest['grantType'] = 'refresh_token'): Promise<TokenAnswer> {
    return this.client.requestToken(TOKEN_REQUESTS[grantType]);
  }

  /** The refresh token of the pair that the bank grants. */
  async granted(): Promise<string> {
    const { body } = await this.token();
    return this.client.readTokenAnswer(body).refreshToken?.reveal() ?? 'none';
  }

  links(): Promise<ConsentUri[]> {
    return this.client.openConsent({
      ...CALL,
      redirectUri: 'https://tpp.example/callback',
      pkce: createPkce(),
      state: new Secret('s'),
    });
  }

  accounts(): Promise<BankAccount[]> {
    return this.client.listAccounts({ ...CALL, accessToken: new Secret('at-1') });
  }

  async close(): Promise<void> {
    this.bank.disconnect();
    await this.client.onApplicationShutdown();
    await this.bank.stop();
    await rm(this.directory, { recursive: true });
  }
}
