import { Injectable, Logger } from '@nestjs/common';
import { ConsentRepository, ScaTokenRepository, type ConsentEntity } from '@consent-hub/consent';
import type { Secret } from '@consent-hub/psd2-protocol';
import { scaTokenBinding, TokenVault, VaultError, type ScaState } from '@consent-hub/token-vault';
import type { BankReturn } from './bank-return.js';
import { outcomeOf, type ReturnOutcome } from './return-outcome.js';

/**
 * The PSU is back from a later authentication, by a state that the hub wrote for it. The consent stays as it is; what may come is
 * an SCA token. A visitor who opens the same address again gets the same outcome.
 */
@Injectable()
export class ScaReturnService {
  private readonly logger = new Logger(ScaReturnService.name);

  constructor(
    private readonly consents: ConsentRepository,
    private readonly tokens: ScaTokenRepository,
    private readonly vault: TokenVault,
  ) {}

  /** @param brand as the path names it: a return of one brand never touches a consent of the other */
  async receive(brand: string, back: BankReturn, { consentId, expiresAt }: ScaState): Promise<ReturnOutcome> {
    const consent = await this.consents.find(consentId);
    if (!consent || consent.brand !== brand) return { kind: 'unknown' };
    if (back.kind !== 'sca_token') {
      this.logger.warn({
        msg: 'a later authentication brought no SCA token',
        consentId,
        returned: back.kind,
      });
      return { kind: 'sca', consent, isConfirmed: false };
    }
    const outcome = await this.tokens.store({
      consentId,
      value: this.vault.seal(back.scaToken, scaTokenBinding(consentId)),
      before: expiresAt,
      isSame: (stored) => this.opens(stored, consentId)?.reveal() === back.scaToken.reveal(),
    });
    switch (outcome) {
      case 'stored':
        return { kind: 'sca', consent, isConfirmed: true };
      case 'late':
        return { kind: 'expired', consent };
      case 'not_live':
        return outcomeOf(await this.reread(consent));
    }
  }

  /** Undefined where no key of this hub opens it. */
  private opens(stored: Buffer, consentId: string): Secret | undefined {
    try {
      return this.vault.open(stored, scaTokenBinding(consentId));
    } catch (error) {
      if (error instanceof VaultError) return undefined;
      throw error;
    }
  }

  private async reread(consent: ConsentEntity): Promise<ConsentEntity> {
    return (await this.consents.find(consent.id)) ?? consent;
  }
}
