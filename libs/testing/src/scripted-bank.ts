import {
  BankClient,
  BankError,
  readTokenAnswer,
  type BankAccount,
  type ConsentUri,
  type ConsentUriRequest,
  type GrantedTokens,
  type TokenAnswer,
  type TokenRequest,
} from '@consent-hub/bank-client';
import { Secret } from '@consent-hub/psd2-protocol';

/** How the bank meets one call of POST /token: an answer, a failure, or a wait for the test's word before either. */
export type TokenScript = (request: TokenRequest) => Promise<TokenAnswer>;

/**
 * A bank that keeps one live pair and rotates it, and follows the script of a test where there is one. Its tokens say who
 * made them (`access-3`), so that a test can see which pair arrived.
 */
export class ScriptedBank extends BankClient {
  readonly requests: TokenRequest[] = [];
  readonly accounts: BankAccount[] = [{ iban: 'BE68539007547034', logicalId: 'logical-1' }];
  private readonly scripts: TokenScript[] = [];
  private issued = 0;

  /** The next calls of POST /token go by these, one each; after them the bank is well again. */
  next(...scripts: TokenScript[]): void {
    this.scripts.push(...scripts);
  }

  /** Number of the pair that works at the bank now. */
  get livePair(): number {
    return this.issued;
  }

  /** Issues the next pair, as a healthy bank does; scripts call it to rotate before they misbehave. */
  rotate(extra: object = {}): TokenAnswer {
    const number = ++this.issued;
    const pair = {
      access_token: `access-${number}`,
      refresh_token: `refresh-${number}`,
      expires_in: 3600,
      ...extra,
    };
    return { httpStatus: 200, body: new Secret(JSON.stringify(pair)), responseIdMatches: true };
  }

  override async requestToken(request: TokenRequest): Promise<TokenAnswer> {
    this.requests.push(request);
    const script = this.scripts.shift();
    if (script) return script(request);
    if (request.grantType === 'refresh_token' && request.refreshToken.reveal() !== `refresh-${this.issued}`) {
      throw new BankError('refresh_token_refused', {
        httpStatus: 401,
        error: 'FAILED_SECURITY_VALIDATION',
        errorCode: 'GEN-1203-100004',
      });
    }
    return this.rotate();
  }

  override readTokenAnswer(body: Secret): GrantedTokens {
    return readTokenAnswer(body);
  }

  override openConsent(request: ConsentUriRequest): Promise<ConsentUri[]> {
    const state = encodeURIComponent(request.state.reveal());
    const uri = (language: string) => ({
      language,
      uri: `https://bank.example/${language}?apptoken=x&state=${state}`,
    });
    return Promise.resolve(request.language ? [uri(request.language)] : [uri('fr'), uri('nl')]);
  }

  override listAccounts(): Promise<BankAccount[]> {
    return Promise.resolve(this.accounts);
  }
}
