import type { OnApplicationShutdown } from '@nestjs/common';
import {
  BRANDS,
  HEADER,
  LANGUAGES,
  perBrand,
  Secret,
  toElectronicIban,
  vendorMediaType,
  type Brand,
} from '@consent-hub/psd2-protocol';
import { readAccountList } from './account-list.js';
import { echoOf } from './answer-headers.js';
import {
  BankClient,
  type AccountsRequest,
  type BankAccount,
  type ConsentUri,
  type ConsentUriRequest,
  type GrantedTokens,
  type TokenAnswer,
  type TokenRequest,
} from './bank-client.js';
import { BankCallEvents } from './bank-call-events.js';
import { inBankSpan } from './bank-span.js';
import { BankConnection, type BankCall } from './bank-connection.js';
import { BankError } from './bank-error.js';
import { ClientCertificates } from './client-certificates.js';
import { isErrorBody } from './code-words.js';
import { readConsentUris } from './consent-uri-list.js';
import type { BankAnswer } from './exchange.js';
import { isSuccess } from './http-status.js';
import { refusalOf } from './refusal.js';
import type { BankClientSettings, BankSettings } from './settings.js';
import { holdsPair, readTokenAnswer } from './token-answer.js';

/** Bank page "Flows": version 4 and 3 are for AIS only, CAF stays with the older ones. PIS has no rule; it takes AIS's. */
const CONSENT_URIS_VERSION = { AIS: '4', CAF: '3' } as const;
const TOKEN_VERSION = { AIS: '3', CAF: '2', PIS: '3' } as const;
const ACCOUNTS_VERSION = '3';

/** The bank over HTTP/1.1 and mutual TLS. */
export class HttpBankClient extends BankClient implements OnApplicationShutdown {
  private readonly connections: Readonly<Record<Brand, BankConnection>>;
  private readonly credentials: Readonly<Record<Brand, string>>;

  /** @throws CertificateError when a certificate or key cannot be used */
  constructor(
    private readonly settings: BankClientSettings,
    certificates = ClientCertificates.read(settings),
    private readonly calls = new BankCallEvents(),
  ) {
    super();
    const { banks, connectionsPerBank } = settings;
    this.connections = perBrand(
      (brand) => new BankConnection(banks[brand], connectionsPerBank, certificates.optionsOf(brand)),
    );
    certificates.onRenewed((brand, options) => this.connections[brand].renew(options));
    this.credentials = perBrand((brand) => basicCredentials(banks[brand]));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(BRANDS.map((brand) => this.connections[brand].close()));
  }

  openConsent(request: ConsentUriRequest): Promise<ConsentUri[]> {
    return this.calls.observe(request.brand, 'consent-uris', this.readUris(request));
  }

  private async readUris(request: ConsentUriRequest): Promise<ConsentUri[]> {
    const { brand, scope, iban, language, requestId, pkce } = request;
    const query = new URLSearchParams({
      scope,
      ...(scope === 'CAF' && iban !== undefined ? { iban: toElectronicIban(iban) } : {}),
    });
    const answer = await this.read(brand, {
      requestId,
      endpoint: 'consent-uris',
      span: request.span,
      path: `/consent-uris?${query.toString()}`,
      headers: {
        [HEADER.accept]: vendorMediaType(CONSENT_URIS_VERSION[scope]),
        ...(language === undefined ? {} : { [HEADER.acceptLanguage]: language }),
        [HEADER.clientId]: this.settings.banks[brand].clientId,
        [HEADER.redirectUri]: request.redirectUri,
        [HEADER.codeChallengeMethod]: pkce.method,
        [HEADER.codeChallenge]: pkce.challenge,
      },
    });
    return readConsentUris(answer.body, request) ?? unreadable(answer, requestId);
  }

  requestToken(request: TokenRequest, maySend = () => true): Promise<TokenAnswer> {
    return this.calls.observe(request.brand, 'token', this.grant(request, maySend));
  }

  private async grant(request: TokenRequest, maySend: () => boolean): Promise<TokenAnswer> {
    const { brand, scope, requestId } = request;
    const answer = await this.call(brand, {
      requestId,
      endpoint: 'token',
      span: request.span,
      maySend,
      method: 'POST',
      path: '/token',
      headers: {
        [HEADER.accept]: vendorMediaType(TOKEN_VERSION[scope]),
        [HEADER.authorization]: this.credentials[brand],
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(grantOf(request)).toString(),
      timeoutMs: this.settings.tokenTimeoutMs,
      isEnough: holdsPair,
    }).catch((error: unknown) => {
      throw asRefusalOfGrant(error, request);
    });
    const echo = echoOf(answer.headers, requestId);
    return {
      httpStatus: answer.status,
      body: new Secret(answer.body),
      responseIdMatches: echo === 'same',
      ...(echo === 'different' && { isToAnotherRequest: true }),
    };
  }

  readTokenAnswer(body: Secret): GrantedTokens {
    return readTokenAnswer(body);
  }

  listAccounts(request: AccountsRequest): Promise<BankAccount[]> {
    return this.calls.observe(request.brand, 'accounts', this.readAccounts(request));
  }

  private async readAccounts(request: AccountsRequest): Promise<BankAccount[]> {
    const { brand, accessToken, requestId } = request;
    const answer = await this.read(brand, {
      requestId,
      endpoint: 'accounts',
      span: request.span,
      path: '/accounts',
      headers: {
        [HEADER.accept]: vendorMediaType(ACCOUNTS_VERSION),
        // Without one, older versions answer 406; which one does not matter to IBANs.
        [HEADER.acceptLanguage]: LANGUAGES[0],
        [HEADER.clientId]: this.settings.banks[brand].clientId,
        [HEADER.authorization]: `Bearer ${accessToken.reveal()}`,
      },
    });
    return readAccountList(answer.body) ?? unreadable(answer, requestId);
  }

  /** What is read for one PSU must not be another one's: an answer to another request is not used. */
  private async read(brand: Brand, call: Omit<BankCall, 'method' | 'timeoutMs'>): Promise<BankAnswer> {
    const answer = await this.call(brand, { ...call, method: 'GET', timeoutMs: this.settings.timeoutMs });
    return echoOf(answer.headers, call.requestId) === 'different'
      ? unreadable(answer, call.requestId)
      : answer;
  }

  private call(brand: Brand, call: BankCall): Promise<BankAnswer> {
    return inBankSpan(brand, call, () => this.send(brand, call));
  }

  private async send(brand: Brand, call: BankCall): Promise<BankAnswer> {
    const answer = await this.connections[brand].exchange(call);
    if (!isSuccess(answer.status) || isErrorBody(answer.body)) throw refusalOf(answer, call);
    return answer;
  }
}

function grantOf(request: TokenRequest): Record<string, string> {
  const { grantType: grant_type } = request;
  if (request.grantType === 'refresh_token')
    return { grant_type, refresh_token: request.refreshToken.reveal() };
  return {
    grant_type,
    code: request.code.reveal(),
    redirect_uri: request.redirectUri,
    code_verifier: request.codeVerifier.reveal(),
  };
}

/** RFC 6749 section 5.2: `invalid_grant` is the refusal of a code as well; no refresh token was sent with one. */
function asRefusalOfGrant(error: unknown, request: TokenRequest): unknown {
  const isMisnamed =
    error instanceof BankError &&
    error.code === 'refresh_token_refused' &&
    request.grantType === 'authorization_code';
  return isMisnamed ? new BankError('security_refused', error.context) : error;
}

/** RFC 6749 section 2.3.1: both parts form-encoded first. The bank's are hexadecimal, so nothing changes for them. */
function basicCredentials({ clientId, clientSecret }: BankSettings): string {
  const [id, secret] = [clientId, clientSecret.reveal()].map((part) =>
    new URLSearchParams({ '': part }).toString().slice(1),
  );
  return `Basic ${Buffer.from(`${id}:${secret}`, 'utf8').toString('base64')}`;
}

function unreadable(answer: BankAnswer, requestId: string): never {
  throw new BankError('unreadable_answer', { requestId, httpStatus: answer.status });
}
