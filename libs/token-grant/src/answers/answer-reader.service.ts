import { Injectable } from '@nestjs/common';
import { BankClient, BankError, type GrantedTokens } from '@consent-hub/bank-client';
import { findPair } from '@consent-hub/consent';
import type { Secret } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { TokenSealer, type GrantedPair } from './token-sealer.service.js';
import type { RequestRecord } from '../request/reserved-request.js';
import type { BankAnswer, SpooledAnswer } from './spooled-answer.js';
import type { TokenRequestEntity } from '../request/token-request.entity.js';

/** An answer, and what it grants, or why it cannot be read. */
export interface ReadAnswer {
  readonly body: Secret;
  readonly tokens: GrantedPair | BankError;
}

/** Reads answers of POST /token: those that have just come, of the spool, and of the journal. */
@Injectable()
export class AnswerReader {
  constructor(
    private readonly sealer: TokenSealer,
    private readonly bank: BankClient,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * A refresh may leave the refresh token that it was made with as it is (RFC 6749 section 6). A code's exchange cannot: an
   * answer without one is not what the bank documents, and is stored, so that an operator can examine it.
   *
   * @returns BankError `unreadable_answer` when the answer holds no pair
   */
  read(request: RequestRecord, { body, spent }: BankAnswer): GrantedPair | BankError {
    return pairOf(request, this.parse(body), spent);
  }

  /** @throws VaultError */
  readSpooled(answer: SpooledAnswer): Promise<ReadAnswer> {
    return this.readAgain(answer.request, this.sealer.openSpooled(answer));
  }

  /** @throws VaultError */
  readStored(request: TokenRequestEntity): Promise<ReadAnswer> {
    if (!request.rawAnswer) throw new Error(`request ${request.id} holds no answer`);
    return this.readAgain(request, { body: this.sealer.openAnswer(request, request.rawAnswer) });
  }

  /** An answer of the journal, or of an earlier version, has no refresh token with it: the database may still have it. */
  private async readAgain(request: RequestRecord, { body, spent }: BankAnswer): Promise<ReadAnswer> {
    const granted = this.parse(body);
    const isWhole = granted instanceof BankError || granted.refreshToken !== undefined;
    const goesOn = isWhole ? undefined : (spent ?? (await this.storedRefreshToken(request)));
    return { body, tokens: pairOf(request, granted, goesOn) };
  }

  private async storedRefreshToken({ consentId, expectedGeneration: generation }: RequestRecord) {
    const pair = await findPair(this.dataSource.manager, { consentId, generation });
    const sealed = pair?.refreshToken;
    return sealed ? this.sealer.openRefreshToken(sealed, { consentId, generation }) : undefined;
  }

  private parse(body: Secret): GrantedTokens | BankError {
    try {
      return this.bank.readTokenAnswer(body);
    } catch (error) {
      if (error instanceof BankError) return error;
      throw error;
    }
  }
}

function pairOf(
  { grantType }: RequestRecord,
  granted: GrantedTokens | BankError,
  spent: Secret | undefined,
): GrantedPair | BankError {
  if (granted instanceof BankError) return granted;
  const refreshToken = granted.refreshToken ?? (grantType === 'refresh_token' ? spent : undefined);
  return refreshToken
    ? { ...granted, refreshToken }
    : new BankError('unreadable_answer', { holdsPair: true });
}
