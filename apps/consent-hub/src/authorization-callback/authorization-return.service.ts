import { Injectable, Logger } from '@nestjs/common';
import {
  CodeExchange,
  ConsentError,
  ConsentRepository,
  hashOfCallbackState,
  isLinkLate,
  type ConsentEntity,
} from '@consent-hub/consent';
import { describeError, type RequestTrace } from '@consent-hub/platform';
import { TokenVault } from '@consent-hub/token-vault';
import { DataSource, type EntityManager } from 'typeorm';
import { ConsentSettings } from '../config/consent.settings.js';
import type { BankReturn } from './bank-return.js';
import { deadEndOf, outcomeOf, type ReturnOutcome } from './return-outcome.js';

/** How long the PSU's browser waits for the exchange; the exchange itself continues. */
const WAIT_MS = 20_000;

/** The word by which a bank says that the PSU refused (RFC 6749, section 4.1.2.1); assumed: the bank's page is silent. */
const REFUSED_BY_PSU = 'access_denied';

/**
 * The PSU is back: finds out from which consent, takes the return exactly once, and has the code exchanged. A visitor who opens the
 * same address again, or twice at once, gets the same outcome.
 */
@Injectable()
export class AuthorizationReturnService {
  private readonly logger = new Logger(AuthorizationReturnService.name);

  constructor(
    private readonly settings: ConsentSettings,
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly vault: TokenVault,
    private readonly codes: CodeExchange,
  ) {}

  /**
   * @param brand as the path names it: a return of one brand never touches a consent of the other
   * @param isFromItsBrowser whether it is the browser that a consent is tied to
   */
  async receive(
    brand: string,
    back: BankReturn,
    isFromItsBrowser: (consent: ConsentEntity) => boolean,
    trace: RequestTrace,
  ): Promise<ReturnOutcome> {
    const found = await this.consents.findByCallbackState(hashOfCallbackState(back.state));
    if (!found || found.brand !== brand) return { kind: 'unknown' };
    trace.consentId = found.id;
    if (!isFromItsBrowser(found)) return this.refuse(found);

    let consent = found;
    if (consent.state === 'initiated') {
      await this.dataSource.transaction((tx) => this.take(tx, found.id, back));
      consent = await this.reread(found.id);
    }
    // Also when another request has taken the return: its exchange is joined.
    if (consent.state === 'authorized') {
      await this.exchange(found.id, trace);
      consent = await this.reread(found.id);
    }
    return outcomeOf(consent);
  }

  /** Spends nothing: the right browser can still finish. Reloads do not fill the timeline. */
  private async refuse(consent: ConsentEntity): Promise<ReturnOutcome> {
    if (consent.state !== 'initiated') return { kind: deadEndOf(consent), consent };
    await this.dataSource.transaction((tx) =>
      this.consents.recordOnce(tx, consent.id, 'browser_not_bound', 'hub:callback'),
    );
    return { kind: 'browser_not_bound', consent };
  }

  /** Exactly one of two simultaneous returns is taken: the move is by compare-and-set. */
  private async take(tx: EntityManager, id: string, back: BankReturn): Promise<boolean> {
    if (await isLinkLate(tx, id)) {
      const data = { reason: 'link_timeout' } as const;
      return this.consents.move(tx, id, { to: 'expired', data, actor: 'hub:callback' });
    }
    if (back.kind === 'code') {
      const authorizationCode = this.vault.seal(back.code, {
        consentId: id,
        purpose: 'authorization_code',
        generation: 0,
      });
      const data = { authorizationCode, validityDays: this.settings.BANK_CONSENT_VALIDITY_DAYS };
      return this.consents.move(tx, id, { to: 'authorized', data, actor: 'psu' });
    }
    const error = back.kind === 'error' ? back.error : null;
    const reason = error === REFUSED_BY_PSU ? 'psu_refused' : 'authorization_failed';
    return this.consents.move(tx, id, { to: 'rejected', data: { reason }, actor: 'psu', facts: { error } });
  }

  /**
   * Never throws: also when the exchange fails, the code is kept and the consent has its present state. A failure that
   * the domain does not know is a fault of the hub, not of the PSU's return.
   */
  private async exchange(consentId: string, trace: RequestTrace): Promise<void> {
    try {
      await this.codes.exchange(consentId, { waitMs: WAIT_MS, trace });
    } catch (error) {
      if (error instanceof ConsentError) return;
      this.logger.error({ msg: 'code exchange failed', ...trace.facts, error: describeError(error) });
    }
  }

  private async reread(id: string): Promise<ConsentEntity> {
    const consent = await this.consents.find(id);
    if (!consent) throw new Error(`consent ${id} is gone`);
    return consent;
  }
}
