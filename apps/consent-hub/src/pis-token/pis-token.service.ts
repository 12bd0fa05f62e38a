import { Injectable } from '@nestjs/common';
import {
  CodeExchange,
  ConsentError,
  ConsentRepository,
  hashOfCallbackState,
  isLive,
  type ConsentEntity,
  type NewConsent,
} from '@consent-hub/consent';
import {
  newId,
  Problem,
  violatedUniqueConstraint,
  type Caller,
  type ProblemKind,
  type RequestTrace,
} from '@consent-hub/platform';
import { Secret, type Brand } from '@consent-hub/psd2-protocol';
import { TokenVault } from '@consent-hub/token-vault';
import { DataSource } from 'typeorm';
import { ConsentSettings } from '../config/consent.settings.js';

/** How long a caller waits; the exchange itself continues. */
const WAIT_MS = 20_000;

/** Each lost try means that another opening of the same person has just succeeded. */
const MAX_TRIES = 20;

/** The consent is written together with its code: no link waits for a PSU. */
const LINK_SECONDS = 0;

export const CODE_ALREADY_USED: ProblemKind = {
  status: 409,
  code: 'code_already_used',
  detail: 'This code was brought before, for another person or by another client.',
};

export interface PaymentCode {
  readonly brand: Brand;
  readonly psuRef: string;
  readonly code: Secret;
  readonly codeVerifier: Secret;
  readonly redirectUri: string;
}

/**
 * Takes the code of a payment that came to the caller's own callback (bank page "Flows", PIS). The code itself names the
 * consent: however often it is brought, and to however many replicas, it is spent once.
 */
@Injectable()
export class PisTokenService {
  constructor(
    private readonly settings: ConsentSettings,
    private readonly consents: ConsentRepository,
    private readonly codes: CodeExchange,
    private readonly vault: TokenVault,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * @throws Problem 409 `code_already_used` when the code was sent before for another person
   * @throws ConsentError when the bank refuses the code, or cannot be asked
   */
  async exchange(caller: Caller, payment: PaymentCode, trace: RequestTrace): Promise<ConsentEntity> {
    const consent = (await this.find(payment)) ?? (await this.write(caller, payment));
    trace.consentId = consent.id;
    const isSame =
      consent.openedBy === caller.id &&
      consent.psuRef === payment.psuRef &&
      consent.redirectUri === payment.redirectUri;
    if (!isSame) throw new Problem(CODE_ALREADY_USED);
    if (consent.state === 'authorized') await this.codes.exchange(consent.id, { waitMs: WAIT_MS, trace });
    const now = await this.consents.find(consent.id);
    if (!now || !isLive(now.state)) throw notLive(now ?? consent);
    return now;
  }

  private find({ brand, code }: PaymentCode): Promise<ConsentEntity | null> {
    return this.consents.findByCallbackState(nameOf(brand, code));
  }

  /** If two calls bring the same code at once, the second finds what the first has written. */
  private async write(caller: Caller, payment: PaymentCode): Promise<ConsentEntity> {
    for (let tries = 1; ; tries++) {
      try {
        await this.insert(caller, payment);
      } catch (error) {
        if (tries === MAX_TRIES || violatedUniqueConstraint(error) === undefined) throw error;
      }
      const consent = await this.find(payment);
      if (consent) return consent;
    }
  }

  private insert(caller: Caller, payment: PaymentCode): Promise<void> {
    const id = newId();
    const sealed = (value: Secret, purpose: 'code_verifier' | 'authorization_code') =>
      this.vault.seal(value, { consentId: id, purpose, generation: 0 });
    const actor = `client:${caller.id}` as const;
    const consent: NewConsent = {
      id,
      brand: payment.brand,
      scope: 'PIS',
      psuRef: payment.psuRef,
      iban: null,
      language: null,
      openedBy: caller.id,
      returnUrl: null,
      redirectUri: payment.redirectUri,
      callbackStateHash: nameOf(payment.brand, payment.code),
      codeVerifier: sealed(payment.codeVerifier, 'code_verifier'),
      linkSeconds: LINK_SECONDS,
    };
    const data = {
      authorizationCode: sealed(payment.code, 'authorization_code'),
      validityDays: this.settings.BANK_CONSENT_VALIDITY_DAYS,
    };
    return this.dataSource.transaction(async (tx) => {
      await this.consents.open(tx, consent, actor);
      await this.consents.move(tx, id, { to: 'authorized', data, actor });
    });
  }
}

/** In the place of a `state`, which a payment of the caller's own does not have here: unique, and never returned. */
const nameOf = (brand: Brand, code: Secret): Buffer =>
  hashOfCallbackState(new Secret(`payment code of ${brand}: ${code.reveal()}`));

const notLive = ({ id, state, stateReason: reason }: ConsentEntity): ConsentError =>
  new ConsentError('consent_not_live', { consentId: id, state, reason });
