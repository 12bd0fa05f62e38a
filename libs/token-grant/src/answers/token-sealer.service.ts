import { Injectable } from '@nestjs/common';
import type { GrantedTokens, TokenRequest } from '@consent-hub/bank-client';
import type { SealedTokenPair } from '@consent-hub/consent';
import { Secret } from '@consent-hub/psd2-protocol';
import { scaTokenBinding, TokenVault, VaultError } from '@consent-hub/token-vault';
import type { ReservedRequest, RequestRecord } from '../request/reserved-request.js';
import type { BankAnswer, SpooledAnswer } from './spooled-answer.js';
import { TokenGrantSettings } from '../token-grant.settings.js';

/** Life of an SCA token (bank page "Flows" of the accounts API: one hour); the answer itself does not say. */
const SCA_TOKEN_SECONDS = 3600;

const SPOOLED = { consentId: '', purpose: 'spooled_answers', generation: 0 } as const;

/** Request, consent, generation that was spent, the answer, and the refresh token that was spent, if one was. */
type SpooledEntry = readonly [
  id: string,
  consentId: string,
  generation: number,
  body: string,
  spent?: string,
];

/** What an answer granted, including the refresh token that stays valid. */
export type GrantedPair = GrantedTokens & { readonly refreshToken: Secret };

/** Between the sealed values of the database and the plain ones of the bank. */
@Injectable()
export class TokenSealer {
  constructor(
    private readonly vault: TokenVault,
    private readonly settings: TokenGrantSettings,
  ) {}

  /** The call of a reservation, with its secrets opened. */
  open(reserved: ReservedRequest): TokenRequest | Promise<TokenRequest> {
    return this.vault.opening(() => this.callOf(reserved));
  }

  private callOf({ request, scope, spends }: ReservedRequest): TokenRequest {
    const { brand, consentId, requestId, expectedGeneration: generation } = request;
    const call = { brand, scope, requestId };
    const open = (sealed: Buffer, purpose: 'authorization_code' | 'code_verifier' | 'refresh_token') =>
      this.vault.open(sealed, { consentId, purpose, generation });
    if ('refreshToken' in spends) {
      return {
        ...call,
        grantType: 'refresh_token',
        refreshToken: open(spends.refreshToken, 'refresh_token'),
      };
    }
    const { authorizationCode, codeVerifier, redirectUri } = spends;
    if (!authorizationCode || !codeVerifier) throw new Error(`consent ${consentId} has nothing to spend`);
    return {
      ...call,
      grantType: 'authorization_code',
      code: open(authorizationCode, 'authorization_code'),
      codeVerifier: open(codeVerifier, 'code_verifier'),
      redirectUri,
    };
  }

  openRefreshToken(
    sealed: Buffer,
    pair: { readonly consentId: string; readonly generation: number },
  ): Secret {
    return this.vault.open(sealed, { ...pair, purpose: 'refresh_token' });
  }

  seal(request: RequestRecord, tokens: GrantedPair): SealedTokenPair {
    const generation = request.expectedGeneration + 1;
    const seal = (value: Secret, purpose: 'access_token' | 'refresh_token') =>
      this.vault.seal(value, { consentId: request.consentId, purpose, generation });
    return {
      generation,
      accessToken: seal(tokens.accessToken, 'access_token'),
      refreshToken: seal(tokens.refreshToken, 'refresh_token'),
      keyId: this.vault.currentKeyId,
      issuedAt: request.sentAt,
      expiresInSeconds: tokens.expiresInSeconds,
      schedule: this.settings.schedule,
      ...(tokens.logicalId !== undefined && { logicalId: tokens.logicalId }),
      ...(tokens.scaToken && {
        scaToken: {
          value: this.vault.seal(tokens.scaToken, scaTokenBinding(request.consentId)),
          expiresInSeconds: SCA_TOKEN_SECONDS,
        },
      }),
    };
  }

  sealAnswer(request: RequestRecord, body: Secret): Buffer {
    return this.vault.seal(body, this.answerBinding(request));
  }

  openAnswer(request: RequestRecord, sealed: Buffer): Secret {
    return this.vault.open(sealed, this.answerBinding(request));
  }

  /** Answers on their way to the disk, as one value: a seal of its own costs more than an answer. */
  sealSpooled(answers: readonly ({ readonly request: RequestRecord } & BankAnswer)[]): Buffer {
    const entries = answers.map(({ request, body, spent }): SpooledEntry => {
      const { id, consentId, expectedGeneration } = request;
      const entry = [id, consentId, expectedGeneration, body.reveal()] as const;
      return spent ? [...entry, spent.reveal()] : entry;
    });
    return this.vault.seal(new Secret(JSON.stringify(entries)), SPOOLED);
  }

  /**
   * The answer to this request alone: if the request in the line was changed, nothing can be opened.
   *
   * @throws VaultError
   */
  openSpooled({ request, flush }: SpooledAnswer): BankAnswer {
    const entries = JSON.parse(this.vault.open(flush.sealed, SPOOLED).reveal()) as SpooledEntry[];
    const found = entries.find(
      ([id, consentId, generation]) =>
        id === request.id && consentId === request.consentId && generation === request.expectedGeneration,
    );
    if (!found) throw new VaultError('not_opened', 'the sealed answers hold none to this request');
    const [, , , body, spent] = found;
    return { body: new Secret(body), ...(spent !== undefined && { spent: new Secret(spent) }) };
  }

  private answerBinding({ consentId, expectedGeneration }: RequestRecord) {
    return { consentId, purpose: 'token_answer' as const, generation: expectedGeneration };
  }
}
